SECRET_KEY = '<<a>>'
INSTALLED_APPS = ['shop']
