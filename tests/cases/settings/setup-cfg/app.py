from configparser import ConfigParser

parser = ConfigParser()
parser.read("setup.cfg")
password = parser.get("shop:deploy", "password")
