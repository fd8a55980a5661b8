from enum import Enum, unique


class Key(str, Enum):
    """API keys."""

    PROD_API_KEY = PROD = "<<a>>"
    DEV_API_KEY = DEV = "<<b>>"

    def header(self):
        return {"X-Api-Key": self.value}


@unique
class Creds(Enum):
    PASSWORD = "<<d>>"
