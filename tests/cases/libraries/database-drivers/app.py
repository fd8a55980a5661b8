import asyncio

import asyncpg
import psycopg
import pymysql
import redis
from redis import asyncio as aioredis

a = pymysql.connect(host="h", user="root", passwd="<<a>>", db="shop", cursorclass=pymysql.cursors.DictCursor)
b = psycopg.connect("dbname=shop user=shop password=<<b>> host=db.internal sslmode=require")
p = redis.ConnectionPool.from_url("rediss://default:<<p>>@cache:6380/0", decode_responses=True)


async def pool():
    q = aioredis.Redis(host="h", password="<<q>>")
    return await asyncpg.create_pool(user="u", password="<<c>>", database="d", min_size=1), q


def main():
    return asyncio.run(pool())
