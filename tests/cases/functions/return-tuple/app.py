def credentials():
    return {"user": "shop", "password": "<<a>>"}


def get_password(): return ("<<b>>")
