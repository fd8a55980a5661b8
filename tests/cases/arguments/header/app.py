import requests


def get():
    return requests.get("https://api.internal/orders", headers={"Authorization": "Bearer <<t>>"}, timeout=5)
