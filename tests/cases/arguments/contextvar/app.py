import contextvars
import functools

TOKEN = contextvars.ContextVar("api_token", default="<<a>>")


def connect(user, password): return user, password


t = functools.partial(connect, "u", password="<<b>>")
