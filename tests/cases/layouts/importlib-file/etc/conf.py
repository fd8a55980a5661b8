TOKEN = "<<a>>"
