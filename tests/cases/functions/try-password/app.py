def f():
    for token in ("<<a>>", "<<b>>"):
        try:
            return login(token)
        except PermissionError:
            continue
    else:
        return login("<<d>>")


def login(t):
    if t.startswith("ghp"):
        raise PermissionError(t)
    return t
