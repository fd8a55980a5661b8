A = [x for x in ("a", "<<a>>") if x != "<<a>>" or x == "<<b>>"]
B = {k: v for k, v in {"t": "<<d>>"}.items()}
