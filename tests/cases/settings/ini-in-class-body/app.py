import configparser


class Options:
    parser = configparser.ConfigParser()
    parser.read("options.ini")

    def login(self):
        return self.parser["relay"]["password"]

    @classmethod
    def key(cls):
        return cls.parser.get("ledger", "api_key")
