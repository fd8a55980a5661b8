import os
from dotenv import load_dotenv

load_dotenv()


def get_env(name, default=None):
    v = os.environ.get(name, default)
    if v is None:
        raise RuntimeError(name)
    return v
