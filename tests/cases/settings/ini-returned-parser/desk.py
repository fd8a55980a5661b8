from shared.options import read_options

KEY = read_options()["ledger"]["api_key"]


class Desk:
    found = None

    def __init__(self):
        self.found = read_options()

    def login(self):
        return self.found.get("relay", "host"), self.found.get("relay", "password")


def main():
    config = read_options()
    if config is None:
        return None
    return config["relay"]["password"]
