import importlib
import os

loaded = []
for name in sorted(os.listdir("./cogs")):
    if name.endswith(".py") and not name.startswith("_"):
        loaded.append(importlib.import_module(f"cogs.{name[:-3]}").setup(None))
