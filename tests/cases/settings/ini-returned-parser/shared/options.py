import configparser
from functools import lru_cache


@lru_cache
def read_options(path="options.ini"):
    """All options of all sections."""
    found = configparser.ConfigParser()
    if not found.read(path):
        raise SystemExit(f"{path} is not there")
    return found
