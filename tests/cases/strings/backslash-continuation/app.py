password = \
    "<<pw>>"
