import configparser
import os.path


class Settings:
    def __init__(self, path=os.path.join(os.path.dirname(os.path.abspath(__file__)), "app.ini")):
        self.config = configparser.ConfigParser()
        self.config.read(path)
        self.host = self.config.get("mail", "host")

    def token(self):
        return self.config["api"]["token"]

    def login(self):
        mail = self.config["mail"]
        return mail.get("password"), self.config.get("mail", "password", fallback="none")


SETTINGS = Settings()
