import tomllib
from pathlib import Path

C = tomllib.loads(Path("settings.toml").read_text())
with Path("settings.toml").open("rb") as file:
    D = tomllib.load(file)["servers"][0]["password"]
