async def main():
    def inner(token="<<a>>", *, key="<<b>>"):
        return token + key

    f = lambda k="<<d>>": k + "<<e>>"
    return inner(), f()
