import configparser
from functools import lru_cache


@lru_cache
def read_returned(path="returned.ini"):
    """All optionsrp of all sections."""
    foundrp = configparser.ConfigParser()
    if not foundrp.read(path):
        raise SystemExit(f"{path} is not there")
    return foundrp
