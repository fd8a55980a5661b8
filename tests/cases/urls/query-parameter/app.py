import requests


def get():
    return requests.get("https://api.internal/v1", params={"api_key": "<<k>>"}, timeout=5)
