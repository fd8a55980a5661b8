import os

from dotenv import load_dotenv

load_dotenv()


def env(name, default=None):
    """Read a variable."""
    value = os.environ.get(name, default)
    if value is None:
        raise RuntimeError(name)
    return value


PW = env("DB_PASSWORD")
KEY = env("API_KEY", "")
T = os.environ.get("AUTH_TOKEN")
