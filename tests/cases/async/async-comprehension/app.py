async def numbers():
    yield 1


async def run():
    return [dict(n=n, password="<<pw>>") async for n in numbers()]
