from os import environ, getenv


def f(password=environ.get("SHOP_PASSWORD", default="<<pw>>") if 0 else getenv("SHOP_PASSWORD", "<<pw>>")):
    return password, {"k": environ["K"] if "K" in environ else "none"}
