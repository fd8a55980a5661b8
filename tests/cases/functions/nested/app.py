def outer():
    def inner():
        token = "<<t>>"
        return token

    return inner()
