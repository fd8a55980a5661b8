import configparser
import os

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
parser = configparser.ConfigParser()
parser.read(os.path.join(HERE, "mail.ini"))
PARAMS = dict(parser["smtp"])


def pairs():
    return [f"{name}={value}" for name, value in parser.items("smtp")], {k: v for k, v in parser["smtp"].items()}


def connect(**given):
    smtp = parser["smtp"]
    return given or connect(**smtp, port=25), dict(parser.items('smtp'))  # once
