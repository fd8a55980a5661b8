def f(token):
    match token:
        case str() if token == "<<k>>":
            return 1
    return 0
