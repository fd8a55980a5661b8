SECRET_KEY = b"<<k>>"
