# shop - app.py

__all__ = ["password"]
__author__ = "somebody"
__version__ = '1.0'

import os
import sys

password = "<<p>>"
