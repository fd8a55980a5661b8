from types import SimpleNamespace

config = SimpleNamespace(token="<<k>>", n=1)
