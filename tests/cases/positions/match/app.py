def f(value):
    match value:
        case str() as password if password == "<<a>>":
            return "yes"
        case None:
            password = "<<b>>"
            return password
        case {"password": password}:
            return password == "<<a>>"
        case _:
            return {"api_key": "<<c>>"}
