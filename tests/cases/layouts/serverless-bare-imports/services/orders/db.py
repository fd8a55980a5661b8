def connect(password="<<pw>>"):
    return password
