from .shared import *  # noqa
from .shared import env

SIGNING = env.str("SIGNING_SECRET", "")
