from .constants import *
from .constants import _PRIVATE_KEY as PRIVATE
