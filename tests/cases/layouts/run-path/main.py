import os
import runpy

CFG = {k: v for k, v in runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "etc", "conf.py")).items() if k.isupper()}
