import os

from .util import load

HERE = os.path.dirname(__file__)
PATH = os.path.join(HERE, "config.json")
CONFIG = load(PATH)
