class Base:
    def __init_subclass__(cls, token):
        cls.token = token


class Client(Base, token="<<k>>"):
    pass
