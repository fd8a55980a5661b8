class S:
    tokens = {name: "<<t>>" + name for name in ("a", "b")}
    secrets = [token for token in ("<<a>>", "<<b>>")]
