from dataclasses import InitVar, dataclass
from typing import ClassVar


@dataclass
class S:
    api_key: InitVar[str] = "<<k>>"
    SECRET_KEY: ClassVar[str] = "<<c>>"

    def __post_init__(self, api_key):
        self.key = api_key + self.SECRET_KEY
