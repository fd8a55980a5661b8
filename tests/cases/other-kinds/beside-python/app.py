API_TOKEN = "<<t>>"
