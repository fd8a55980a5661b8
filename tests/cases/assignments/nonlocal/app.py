def make():
    token = None

    def configure():
        nonlocal token
        token = "<<t>>"

    configure()
    return token
