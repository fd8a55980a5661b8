import configparser

parser = configparser.ConfigParser()
parser.read("app.ini")
section = parser["database"]
PW = section.get("password")
TOKEN = parser.get("api", "token", fallback=None)
PORT = section.getint("port")


def both():
    api = parser["api"]
    return section["password"], api["token"], api.get("token", "none")
