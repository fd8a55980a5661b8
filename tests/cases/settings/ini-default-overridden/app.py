import configparser

cfg = configparser.ConfigParser()
cfg.read("default-overridden.ini")
A = cfg["db"]["password"], cfg.get("DEFAULT", "password")
