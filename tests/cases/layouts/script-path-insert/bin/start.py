import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'lib'))
import core

PW = {'password': '<<pw>>', 'c': core.K}
