class Client:
    def get(self, path, token):
        return path, token


api = Client()
user = api.get("secrets", "<<a>>")


def read(config):
    return config.get("password", "<<pw>>")
