class Client:
    __password = "<<pw>>"

    def show(self):
        return self.__password
