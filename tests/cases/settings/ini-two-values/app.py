import configparser
import os.path

parser = configparser.ConfigParser()
parser.read(os.path.join(os.path.dirname(os.path.abspath(__file__)), "ledger.ini"))
LEDGER = dict(parser["ledger"])


def one():
    return parser["ledger"]["api_token"]


def pairs():
    return [(key, value) for key, value in parser.items("ledger")]
