import contextlib


@contextlib.asynccontextmanager
async def connect(*, user, password):
    yield user + password


async def main():
    async with connect(user="shop", password="<<a>>") as c, connect(user="x", password=f"<<b>>") as d:
        return c, d, (lambda: dict(password="<<c>>"))(), [x for x in [dict(token="<<d>>")]]
