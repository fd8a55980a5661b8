import os
from dotenv import load_dotenv

load_dotenv(verbose=True)


class Config:
    def __init__(self):
        self.secret = self._get("SECRET_KEY")

    def _get(self, name, default=None):
        value = os.environ.get(name, default)
        if value is None:
            raise RuntimeError(name)
        return value
