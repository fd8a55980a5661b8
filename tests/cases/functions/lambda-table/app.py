T = {
    "a": lambda: "<<a>>",
    "b": (lambda x="<<b>>": x),
    "d": lambda *a, k="<<d>>", **kw: (k, a, kw),
    "e": lambda: (lambda: "<<e>>")(),
}
