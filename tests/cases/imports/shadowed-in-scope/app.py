def outer():
    get_secret_value = 3
    password = "<<pw>>"
    return get_secret_value, password
