import requests


def get():
    return requests.get("https://api.internal/orders", auth=("shop", "<<pw>>"), timeout=5)
