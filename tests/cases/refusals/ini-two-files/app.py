import configparser

c = configparser.ConfigParser()
c.read(["app.ini", "local.ini"])
B = c.get("db", "password")
