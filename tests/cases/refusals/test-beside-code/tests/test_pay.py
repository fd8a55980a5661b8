API_KEY = "<<key>>"
