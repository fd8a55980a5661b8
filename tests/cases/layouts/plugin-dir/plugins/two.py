TOKEN = "<<b>>"
