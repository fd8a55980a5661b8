import functools


def connect(user, password):
    return user, password


connect_shop = functools.partial(connect, "shop", password="<<pw>>")
