password = None


def login():
    global password
    password = "<<a>>"
    return password


def outer():
    token = ""

    def inner():
        nonlocal token
        token = "<<b>>"

    inner()
    return token
