import json


class Accounts:
    def __init__(self, path):
        with open(path) as handle:
            self.data = json.load(handle)

    @classmethod
    def default(cls):
        return cls("accounts.json")
