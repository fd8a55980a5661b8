import configparser

c = configparser.ConfigParser(interpolation=configparser.ExtendedInterpolation())
c.read("app.ini")
A = c["web"]["dsn"]
B = c.get("db", "Password")
