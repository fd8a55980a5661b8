import redis

a = redis.Redis(host="cache", port=6379, db=0, password="<<a>>", decode_responses=True)
b = redis.StrictRedis("cache", 6379, 0, "<<b>>")
d = redis.from_url("rediss://default:<<d>>@cache.internal:6380/0")
e = redis.ConnectionPool(host="x", password="<<a>>", max_connections=5)
