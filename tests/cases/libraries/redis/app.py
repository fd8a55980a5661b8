import redis

A = redis.Redis(host="h", port=6379, password="<<a>>", db=0)
B = redis.from_url("redis://:<<b>>@h:6379/0", decode_responses=True)
C = redis.Redis.from_url(url="rediss://default:<<c>>@h:6379")
