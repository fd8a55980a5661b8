__all__ = ["PASSWORD", "API_TOKEN"]

PASSWORD = "<<a>>"
API_TOKEN = "<<b>>"
_PRIVATE_KEY = "<<p>>"
