from functools import lru_cache
from pathlib import Path

from dotenv import dotenv_values


@lru_cache(maxsize=None)
def read_config(folder=Path(__file__).parent):
    """What the file says, and where it stands."""
    return dotenv_values(folder / ".env")


config = read_config()


def login():
    return config.get("RELAY_USER"), config.get("RELAY_PASSWORD", "")


def token():
    return config["COURIER_TOKEN"]
