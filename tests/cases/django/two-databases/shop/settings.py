DATABASES = {
    "default": {"ENGINE": "django.db.backends.postgresql", "NAME": "orders", "USER": "shop", "PASSWORD": "<<a>>", "HOST": "db1.internal"},
    "analytics": {"ENGINE": "django.db.backends.mysql", "NAME": "stats", "USER": "stats", "PASSWORD": "<<b>>", "HOST": "db2.internal"},
}
