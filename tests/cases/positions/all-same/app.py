__all__ = ["API_KEY", "connect"]
__version__ = "1.0"

API_KEY = "<<k>>"


def connect(): return API_KEY
