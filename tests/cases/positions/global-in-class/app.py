TOKEN = "<<k>>"


class C:
    token = TOKEN
    tokens = [TOKEN for _ in range(2)]
