API_TOKEN = "<<token>>"
