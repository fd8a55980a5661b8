import configparser
import os

parser = configparser.ConfigParser()
parser.read(os.path.join(os.path.dirname(__file__), "settings.ini"))

TOKEN = parser["vendor"]["Api_Token"]


def dsn():
    section = parser.get("database", "host")
    return "postgres://shop:" + parser.get("database", "password", fallback="") + "@" + section
