from shared.optionsrp import read_returned

KEY = read_returned()["ledgerrp"]["api_key"]


class Desk:
    foundrp = None

    def __init__(self):
        self.foundrp = read_returned()

    def login(self):
        return self.foundrp.get("relayrp", "host"), self.foundrp.get("relayrp", "password")


def main():
    config = read_returned()
    if config is None:
        return None
    return config["relayrp"]["password"]
