async def f(token):
    return token


async def g():
    return await f("<<k>>")
