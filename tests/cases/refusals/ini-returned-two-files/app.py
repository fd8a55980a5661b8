import configparser


def read(path):
    found = configparser.ConfigParser()
    found.read(path)
    return found


A = read("a.ini")
B = read("b.ini")


def login():
    return A["login"]["password"], B["login"].get("password", "none")
