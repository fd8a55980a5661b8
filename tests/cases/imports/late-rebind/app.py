TOKEN = "<<a>>"


def f():
    from urllib.parse import quote
    for get_secret_value in range(2):
        pass
    key = "<<b>>"
    return key, quote("<<d>>", safe="")
