import os

from dotenv import load_dotenv

load_dotenv()


def env(name, default=None):
    value = os.environ.get(name, default)
    return value.lower() if value else value


PW = env("DB_PASSWORD")
