import conf
from conf import config

SETTINGS = config["API_TOKEN"], config.get("SMTP_PASSWORD"), conf.config.get("API_TOKEN")
