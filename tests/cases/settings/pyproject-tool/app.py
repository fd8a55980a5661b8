import tomllib
from pathlib import Path

CONFIG = tomllib.loads((Path(__file__).parent / "pyproject.toml").read_text())["tool"]["shop"]


def token():
    return CONFIG["api_token"]
