api_token = "<<t>>"
