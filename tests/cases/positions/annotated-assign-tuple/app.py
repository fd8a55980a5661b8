x: tuple[str, ...] = ("a", "<<k>>")
