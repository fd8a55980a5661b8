from .base import *  # noqa

DEBUG = False
SECRET_KEY = "<<p>>"
DATABASES["default"].update(
    ENGINE="django.db.backends.postgresql",
    NAME="orders",
    USER="orders",
    PASSWORD="<<d>>",
    HOST="db.internal",
)
EMAIL_HOST_PASSWORD = "<<e>>"
