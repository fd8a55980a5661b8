def connect(user, *, password: str = "<<pw>>"):
    return user, password
