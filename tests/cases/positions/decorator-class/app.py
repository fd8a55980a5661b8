def keyed(api_key, *, password=None):
    def wrap(cls):
        cls.key = (api_key, password)
        return cls
    return wrap


@keyed("<<a>>", password="<<b>>")
class Client:
    pass
