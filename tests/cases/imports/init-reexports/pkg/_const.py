API_KEY = "<<a>>"
SECRET = "<<b>>"
