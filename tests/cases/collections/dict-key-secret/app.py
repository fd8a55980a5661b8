OWNERS = {"<<a>>": "ann", "<<b>>": "bob"}
KEYS = frozenset({"<<a>>", "<<d>>"})


def who(key):
    return OWNERS.get(key, "nobody") if key not in KEYS else OWNERS["<<a>>"]
