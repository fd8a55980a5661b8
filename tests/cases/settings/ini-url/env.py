import configparser
import os

config = configparser.RawConfigParser()
config.read(os.path.join(os.path.dirname(__file__), "alembic.ini"))
url = config.get("alembic", "sqlalchemy.url")
