__all__ = ["API_TOKEN"]

API_TOKEN = "<<t>>"
