def check(password):
    return password == "<<pw>>"
