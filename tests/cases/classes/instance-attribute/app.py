class Client:
    def __init__(self):
        self.user = "shop"
        self.password = "<<pw>>"
