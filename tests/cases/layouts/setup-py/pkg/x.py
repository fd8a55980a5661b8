KEY = "<<a>>"
