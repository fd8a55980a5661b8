import configparser

parser = configparser.ConfigParser()
parser.read("app.ini")
section = parser["database"]
PW = section["password"]
section = parser["api"]
T = section["password"]
