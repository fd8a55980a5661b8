PASSWORD = "<<pw>>"
API_KEY = "<<ak>>"
