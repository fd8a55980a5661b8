class P:
    _token = None

    @property
    def token(self):
        return self._token or "<<a>>"

    @token.setter
    def token(self, value):
        self._token = value if value != "<<a>>" else "<<b>>"

    @token.deleter
    def token(self):
        self._token = "<<d>>"


def p():
    x = P()
    first = x.token
    x.token = first
    second = x.token
    del x.token
    return first, second, x.token
