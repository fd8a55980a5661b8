def auth(*, token): return lambda f: f if token == "<<t>>" else None


@auth(token="<<t>>")
async def handler():
    return 1
