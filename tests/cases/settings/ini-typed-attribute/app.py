from configparser import ConfigParser
from pathlib import Path


class Options:
    def __init__(self, path: Path = Path(__file__).with_name("typedattr.ini")) -> None:
        self.parserta: ConfigParser = ConfigParser()
        self.parserta.read(path)

    @property
    def key(self) -> str:
        return self.parserta.get("courierta", "api_key")

    @property
    def login(self) -> str:
        return self.parserta["ledgerta"]["password"]
