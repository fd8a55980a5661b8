import contextlib

with contextlib.suppress(KeyError):
    password = "<<pw>>"
