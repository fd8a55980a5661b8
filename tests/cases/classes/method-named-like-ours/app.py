def get_secret_value(name):
    return name.upper()


class Config:
    password = "<<pw>>"
    other = get_secret_value("x")
