def key(env, debug):
    password = "<<a>>" if env == "prod" else ("<<b>>" if debug else None) or "<<d>>"
    return password
