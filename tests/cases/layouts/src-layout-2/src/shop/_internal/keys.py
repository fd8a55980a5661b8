KEY = SIGNING_KEY = b"<<a>>"
