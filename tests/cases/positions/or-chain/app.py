import os

API_KEY = os.getenv("SHOP_API_KEY") or os.environ.get("SHOP_OLD_API_KEY") or "<<k>>"


def f(api_key=None):
    api_key = api_key or None or "<<k>>"
    return api_key
