CONFIG = dict(user="shop", password="<<pw>>")
