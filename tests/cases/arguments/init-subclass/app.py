class A:
    def __init_subclass__(cls, /, token="<<a>>", **kw):
        super().__init_subclass__(**kw)
        cls.token = token


class B(A): ...


class C(A, token="<<b>>"):
    pass
