import sys
TOKEN = "<<a>>"
