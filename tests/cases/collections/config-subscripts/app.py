config = {"db": {}, "mail": {"smtp": {}}}
config["db"]["password"] = "<<a>>"
config["mail"]["smtp"]["password"] = config["mail"]["password"] = "<<b>>"
config["url"] = "https://user:<<d>>@example.com/" + "x"
config.setdefault("api", {})["secret"] = "<<e>>"
