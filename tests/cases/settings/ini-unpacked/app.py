import configparser


def connect(**given):
    return sorted(given.items())


def conn():
    config = configparser.ConfigParser()
    config.read("unpacked.ini")
    return connect(**config["database"])
