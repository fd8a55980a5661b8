CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://:<<pw>>@cache.internal:6379/1",
    }
}
