DEFAULTS = {"password": "<<a>>", "user": "x"}


def pw(given=None, _defaults=DEFAULTS):
    return given or _defaults.get("password", "<<b>>")
