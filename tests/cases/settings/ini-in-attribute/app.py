import configparser
import os.path


class Settings:
    def __init__(self, path=os.path.join(os.path.dirname(os.path.abspath(__file__)), "kept.ini")):
        self.kept = configparser.ConfigParser()
        self.kept.read(path)
        self.host = self.kept.get("relay", "host")

    def token(self):
        return self.kept["bot"]["token"]

    def login(self):
        mail = self.kept["relay"]
        return mail.get("password"), self.kept.get("relay", "password")


SETTINGS = Settings()
