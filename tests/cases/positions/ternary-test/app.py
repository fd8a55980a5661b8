def check(password):
    return "in" if password == "<<pw>>" else "out"
