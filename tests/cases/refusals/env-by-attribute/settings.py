import os
from dotenv import load_dotenv

load_dotenv()


class Env(dict):
    def __missing__(self, key):
        return os.environ[key]

    def __getattr__(self, key):
        return self[key.upper()]


e = Env()
A = os.environ["A_PASSWORD"]
C = e.a_password
