API_TOKEN = "<<a>>"
