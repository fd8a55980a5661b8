import asyncio


async def main():
    class Client:
        token = "<<a>>"
        headers = {"Authorization": "Bearer <<b>>"}

        def get(self, key="<<d>>"):
            return key

    return Client.token, Client.headers, Client().get()
