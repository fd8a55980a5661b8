import functools
import json


@functools.lru_cache(maxsize=1)
def conf():
    with open("conf.json") as f:
        data = json.load(f)
    return data
