TOKENS = {"<<a>>": "alice", "<<b>>": "bob"}
ALLOWED = frozenset({"<<a>>"})


def f(token):
    return token in TOKENS or token in ("<<b>>", "<<c>>") or TOKENS.get(token)
