CONFIG = '{"user": "shop", "key": "<<pw>>"}'
