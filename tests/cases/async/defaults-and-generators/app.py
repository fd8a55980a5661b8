import asyncio
import contextlib


@contextlib.asynccontextmanager
async def session(password="<<a>>", /, *, token: str = "<<b>>"):
    yield password, token


async def main():
    async with session() as s:
        api_key = "<<d>>"
        return s, api_key, [x async for x in produce()], await asyncio.gather(*(asyncio.sleep(0, r) for r in [1]))


async def produce():
    secret_key = "<<c>>"
    yield secret_key
    yield secret_key.upper()
