import json


def load(env):
    with open(f"conf/{env}.json") as f:
        return json.load(f)["password"]
