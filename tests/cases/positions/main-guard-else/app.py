import sys

if len(sys.argv) > 99:
    token = sys.argv[1]
else:
    token = "<<k>>"
