import requests


def get(order):
    return requests.get(f"https://api.internal/{order}?key=<<k>>", timeout=5)
