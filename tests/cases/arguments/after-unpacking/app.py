def connect(*a, **k):
    return a, k


rest = {"user": "u"}
result = connect(*["h"], password="<<pw>>", **rest)
