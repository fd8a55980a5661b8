def login(*a, **k): return a, k


c = login(*("u", "p"), *[], password="<<a>>", **{}, token="<<b>>")
