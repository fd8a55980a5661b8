import asyncpg


async def connect():
    return await asyncpg.connect(host="db.internal", user="shop", password="<<pw>>", database="orders")
