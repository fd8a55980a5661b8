def read():
    try:
        raise KeyError
    except KeyError:
        password = "<<pw>>"
        return password
