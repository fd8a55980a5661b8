INSTALLED_APPS = ["django.contrib.auth"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "orders",
        "USER": "shop",
        "PASSWORD": "<<pw>>",
        "HOST": "db.internal",
        "PORT": "5432",
    }
}
