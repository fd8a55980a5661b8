BASE = {"user": "shop"}
CONFIG = BASE | {"password": "<<pw>>"}
MORE = {**CONFIG, "api_token": "<<t>>"}
