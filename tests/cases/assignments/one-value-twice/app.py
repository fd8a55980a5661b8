API_TOKEN = "<<a>>"
OLD_API_TOKEN = "<<a>>"
