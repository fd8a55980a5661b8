REDIS_URL = "redis://:<<pw>>@cache.internal:6379/1"
