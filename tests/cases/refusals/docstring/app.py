def connect():
    """Connect with <<key>>."""
    return 1
