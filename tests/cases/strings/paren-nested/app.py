password = (((
    # why
    "<<pw>>"
)))
token = ("<<t>>")  .strip()
