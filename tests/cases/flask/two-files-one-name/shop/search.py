API_TOKEN = "<<b>>"
