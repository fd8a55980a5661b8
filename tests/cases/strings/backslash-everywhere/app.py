a, \
    password = \
    "x", \
    "<<pw>>"
