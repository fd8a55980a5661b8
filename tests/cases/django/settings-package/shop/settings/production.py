from .base import *

SENDGRID_API_KEY = "<<m>>"
