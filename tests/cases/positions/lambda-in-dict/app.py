x = {"a": lambda: "<<k>>", "b": lambda t="<<j>>": t}
