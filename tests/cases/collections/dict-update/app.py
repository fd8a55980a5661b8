config = {}
config.update(password="<<pw>>")
config.update({"api_key": "<<k>>"})
