PASSWORD = "<<a>>"
