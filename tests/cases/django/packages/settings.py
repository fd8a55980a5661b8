from datetime import timedelta

SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
    "ALGORITHM": "HS256",
    "SIGNING_KEY": "<<j>>",
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": ["redis://:<<r>>@redis.internal:6379/1"]},
    },
}
SOCIAL_AUTH_GITHUB_SECRET = "<<g>>"
CACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://h:6379/0",
                      "OPTIONS": {"PASSWORD": "<<c>>"}}}
