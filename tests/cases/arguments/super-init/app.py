class Base:
    def __init__(self, password):
        self.password = password


class Client(Base):
    def __init__(self):
        super().__init__(password="<<pw>>")
