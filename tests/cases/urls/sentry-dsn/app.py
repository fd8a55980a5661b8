import redis


def connect():
    return redis.Redis(host="cache.internal", password="<<pw>>")


def by_url():
    return redis.from_url("rediss://default:<<b>>@cache2.internal:6380/0")
