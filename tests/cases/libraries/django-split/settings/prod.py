from .base import *

DATABASES['default']['PASSWORD'] = '<<b>>'
DATABASES['default'].update(HOST='prod')
SECRET_KEY = '<<k>>'
