def f(config):
    return config.get("password", "<<pw>>")
