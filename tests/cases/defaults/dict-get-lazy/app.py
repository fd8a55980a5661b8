def f(config):
    return config.get("password", "<<pw>>")


def g(settings): return settings.get("token", "<<t>>") or settings["x"]
