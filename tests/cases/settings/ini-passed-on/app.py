import configparser
import os

parser = configparser.ConfigParser()
parser.read(os.path.join(os.path.dirname(__file__), "settings.ini"))


def section(config):
    return dict(config["database"])


PASSWORD = section(parser)["password"]
