from configparser import ConfigParser
from pathlib import Path


class Options:
    def __init__(self, path: Path = Path(__file__).with_name("options.ini")) -> None:
        self.parser: ConfigParser = ConfigParser()
        self.parser.read(path)

    @property
    def key(self) -> str:
        return self.parser.get("courier", "api_key")

    @property
    def login(self) -> str:
        return self.parser["ledger"]["password"]
