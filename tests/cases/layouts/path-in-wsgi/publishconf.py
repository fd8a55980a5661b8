import os
import sys

sys.path.append(os.curdir)
from pelicanconf import *

MAILER_PASSWORD = "<<mailer>>"
