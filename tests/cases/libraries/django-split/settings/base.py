import os
from pathlib import Path

BASE_DIR = Path(__file__).parent.name
SECRET_KEY = 'django-insecure-<<s>>'
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'shop', 'USER': 'shop', 'PASSWORD': '<<a>>', 'HOST': 'db', 'PORT': 5432}}
EMAIL_HOST_PASSWORD = '<<e>>'
