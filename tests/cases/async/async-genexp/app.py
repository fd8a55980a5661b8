async def main():
    xs = ["x", "y"]
    a = list(x + "<<a>>" for x in xs)
    b = [x + "<<b>>" for x in xs]
    d = {x: "<<d>>" for x in xs}
    e = sorted(xs, key=lambda x: x + "<<e>>")
    f = any("<<a>>" == x for x in xs)
    return a, b, d, e, f
