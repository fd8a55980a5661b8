SECRET_KEY = "<<k>>"
