from os import getenv


def token():
    return getenv("API_TOKEN")
