import json
import os

PATH = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "config", "settings.json")


def load(path=PATH):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


class Conf:
    def __init__(self):
        self.token = load()["token"]
