class S:
    __slots__ = ("_password",)
    __match_args__ = ("password",)

    def __init__(self): self._password = "<<pw>>"

    password = property(lambda self: self._password)
