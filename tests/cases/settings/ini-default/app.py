import configparser

cfg = configparser.ConfigParser()
cfg.read("default.ini")
DB = cfg["db"]
A = cfg["db"]["password"], cfg.get("mail", "password"), DB.get("password"), cfg["empty"]["password"], cfg["DEFAULT"]["password"]
