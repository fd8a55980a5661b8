class Session:
    def __init__(self, token):
        self.token = token

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        return None


async def run():
    async with Session(token="<<t>>") as session:
        return session.token
