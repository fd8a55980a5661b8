import json


def load(path):
    with open(path, encoding="utf-8") as stream:
        return json.load(stream)
