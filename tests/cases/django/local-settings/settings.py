SECRET_KEY = "<<a>>"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "n", "USER": "u", "PASSWORD": "<<b>>", "HOST": "h", "PORT": "5432"}}

try:
    from local_settings import *
except ImportError:
    pass
