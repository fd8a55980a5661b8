import configparser

cfg = configparser.ConfigParser()
cfg.read("settings.ini")
A = cfg["db"]["password"], cfg.get("DEFAULT", "password")
