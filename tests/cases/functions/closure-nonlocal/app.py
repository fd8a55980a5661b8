def make():
    password = "<<a>>"

    def change(new=None):
        nonlocal password
        if new is None:
            password = password or "<<a>>"
        else:
            password = new
        return password

    return change
