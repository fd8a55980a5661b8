import os

from shop.base import *

SECRET_KEY = "<<k>>"
if os.environ.get("LDAP"):
    from ldap_settings import *
