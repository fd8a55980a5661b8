def f():
    global get_secret_value
    get_secret_value = 3
    password = "<<pw>>"
    return password, get_secret_value
