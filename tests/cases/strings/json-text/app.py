CONFIG = '{"user": "shop", "password": "<<pw>>"}'
