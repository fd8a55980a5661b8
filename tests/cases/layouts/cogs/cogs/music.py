API_KEY = "<<a>>"


def setup(bot):
    return "music", API_KEY
