import configparser

parser = configparser.ConfigParser(interpolation=None)
parser.read("not-interpolated.ini")
P = parser["db"]["password"]
Q = parser.get("db", "token")
