API_TOKEN = None


def configure():
    global API_TOKEN
    API_TOKEN = "<<t>>"


configure()
