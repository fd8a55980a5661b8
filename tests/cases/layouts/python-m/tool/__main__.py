import sys
import os

sys.path.insert(0, os.getcwd())
from tool.util import PORT

PASSWORD = "<<a>>"
if __name__ == "__main__":
    print(PASSWORD.upper())
