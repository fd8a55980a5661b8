class Base:
    def __init_subclass__(cls, secret_key=None, **kw):
        cls.key = secret_key


class S(Base, secret_key="<<k>>"):
    pass
