def f(get_secret_value, os):
    password = "<<pw>>"
    return password, get_secret_value, os
