import configparser

parser = configparser.ConfigParser(interpolation=None)
parser.read("settings.ini")
P = parser["db"]["password"]
Q = parser.get("db", "token")
