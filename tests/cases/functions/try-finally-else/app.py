def f():
    password = None
    try:
        pass
    except ValueError as token:
        password = "<<a>>"
    else:
        password = "<<b>>"
    finally:
        api_key = "<<c>>"
    return password, api_key
