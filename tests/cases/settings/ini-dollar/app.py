import configparser

parser = configparser.ConfigParser()
parser.read("dollar.ini")
P = parser["db"]["password"]
