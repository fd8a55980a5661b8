import sys
TOKEN = "<<b>>"
