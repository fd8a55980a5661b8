class Api:
    def __init__(self, token="<<a>>", *, base="https://x"):
        self.token, self.base = token, base

    def __repr__(self):
        return f"Api({self.token!r}, {self.base!r})"
