def get_password():
    return "<<pw>>"
