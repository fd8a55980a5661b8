from .core.config import PASSWORD

API_KEY = KEY = "<<k>>"
