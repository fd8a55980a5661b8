def connect(user="shop", password="<<pw>>"):
    return user, password
