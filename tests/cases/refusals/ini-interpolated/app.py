import configparser

c = configparser.ConfigParser()
c.read("app.ini")
A = c["db"]["url"]
B = c["db"]["password"]
