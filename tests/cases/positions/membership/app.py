def check(token):
    return token in ("<<k>>", "<<j>>")
