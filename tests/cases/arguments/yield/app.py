def passwords():
    password = "<<pw>>"
    yield password
