class Client:
    @property
    def password(self):
        return "<<pw>>"
