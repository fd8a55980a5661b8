SIGNING_SECRET = "<<signing>>"
