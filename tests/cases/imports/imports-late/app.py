A = 1
import os
API_KEY = "<<k>>"
from os.path import join


def f(): return API_KEY
