class C:
    __slots__ = ("a",)

    def __init__(self):
        self.a = "<<k>>"
