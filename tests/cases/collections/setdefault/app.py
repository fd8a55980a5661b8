config = {}
config.setdefault("password", "<<pw>>")
