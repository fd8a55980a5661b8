class Client:
    __slots__ = ("host", "password", "secret_token")

    def __init__(self, host, password="<<a>>"):
        self.host = host
        self.password = password
        self.secret_token = "<<b>>"


c = Client("h")
