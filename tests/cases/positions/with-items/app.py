import contextlib

with contextlib.nullcontext("<<k>>") as a, contextlib.nullcontext("<<j>>") as b:
    x = a, b
