import os
import types

config = {}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instance", "config.py")
d = types.ModuleType("config")
with open(path, mode="rb") as fh:
    exec(compile(fh.read(), path, "exec"), d.__dict__)
config.update({k: getattr(d, k) for k in dir(d) if k.isupper()})
