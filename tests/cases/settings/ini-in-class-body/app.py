import configparser


class Options:
    parsercb = configparser.ConfigParser()
    parsercb.read("classbody.ini")

    def login(self):
        return self.parsercb["relaycb"]["password"]

    @classmethod
    def key(cls):
        return cls.parsercb.get("ledgercb", "api_key")
