api_key: str = "<<key>>"
