import requests


def get():
    return requests.get("https://api.internal", headers={b"Authorization": b"Bearer <<t>>"}, timeout=5)
