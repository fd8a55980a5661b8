import os

if os.environ.get("SIMPLE"):
    from decouple import config
else:
    def config(name, default=None, cast=str):
        return cast(os.environ.get(name, default))

A = config("A_TOKEN", default="<<a>>")
B = config("B_TOKEN", "<<b>>", cast=lambda v: v.upper())
