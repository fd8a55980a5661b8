INSTALLED_APPS = ["django.contrib.auth"]
SECRET_KEY = "<<k>>"
