API_KEY: str = "<<key>>"
