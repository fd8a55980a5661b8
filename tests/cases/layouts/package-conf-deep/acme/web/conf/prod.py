from .base import *  # noqa
from . import base as _b

TOKEN = "<<a>>"
base = _b.KEY
