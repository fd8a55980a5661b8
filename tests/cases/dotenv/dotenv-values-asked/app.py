from dotenv import dotenv_values

config = dotenv_values(".env")
env = {**dotenv_values(), "LEVEL": "1"}
SETTINGS = config["API_TOKEN"], config.get("SMTP_PASSWORD"), env["API_TOKEN"], env.get("SMTP_PASSWORD", "")


class App:
    def __init__(self):
        self.env = dotenv_values()

    def login(self):
        return self.env.get("SMTP_PASSWORD")
