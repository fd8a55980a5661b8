def f():
    try:
        raise ValueError("bad key <<t>>")
    except ValueError as e:
        return str(e)
