def load(): return {}


def f():
    return load().get("password", "<<a>>"), load().get(
        "token",  # why
        "<<b>>",
    )


g = f"{load().get('secret_key', '<<c>>')}"
