KEY = "<<b>>"
