import os

import yaml

PATH = os.environ.get("APP_CONFIG", "config.yml")


def read_config(path=PATH):
    with open(path, "r", encoding="utf-8") as f:
        return yaml.safe_load(f) or {}


conf = read_config()
TOKEN = conf.get("services", [{}])[0].get("token")
USERS = [s["token"] for s in conf["services"]]
