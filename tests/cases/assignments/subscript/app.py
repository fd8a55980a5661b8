config = {}
config["api_key"] = "<<k>>"
