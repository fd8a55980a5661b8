from . import options


def login():
    relay = options["relay"]
    return relay["host"], relay["password"]
