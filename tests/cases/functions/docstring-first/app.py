def connect():
    """Connect to the shop."""
    password = "<<pw>>"
    return password
