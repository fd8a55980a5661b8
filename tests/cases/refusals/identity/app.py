def check(password):
    return password is "<<pw>>"
