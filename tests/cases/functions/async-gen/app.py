async def tokens():
    for token in ("<<a>>", "<<b>>"):
        yield token


async def main():
    secret_key = "<<k>>"
    return [t async for t in tokens()] + [secret_key], [await one(password="<<pw>>") for _ in range(2)]


async def one(password):
    return password
