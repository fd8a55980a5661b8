CONFIG = {"user": "shop", "password": "<<pw>>", "timeout": 5}
