import configparser

C = configparser.ConfigParser()
C.read_dict({"db": {"user": "shop", "password": "<<pw>>"}})
C.set("db", "token", "<<t>>")
C["db"]["secret_key"] = "<<k>>"
