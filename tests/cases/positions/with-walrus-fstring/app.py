def g():
    if (m := f"{(password := '<<a>>')}") and password:
        return m, password
