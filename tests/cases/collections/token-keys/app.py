TOKENS = {"<<a>>": "alice", "<<b>>": "bob"}


def owner(token):
    return TOKENS.get(token)


OWNERS = sorted(TOKENS.values())
