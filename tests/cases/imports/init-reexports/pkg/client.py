from . import _const


class Client:
    def __init__(self, key=_const.API_KEY):
        self.key = key + _const.SECRET
