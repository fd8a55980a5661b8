def setup(bot, token="<<b>>"):
    return "admin", token
