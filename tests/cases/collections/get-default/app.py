config = {}
password = config.get("password", "<<pw>>")
