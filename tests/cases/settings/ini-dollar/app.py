import configparser

parser = configparser.ConfigParser()
parser.read("settings.ini")
P = parser["db"]["password"]
