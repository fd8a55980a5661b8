from . import optionssp


def login():
    relaysp = optionssp["relaysp"]
    return relaysp["host"], relaysp["password"]
