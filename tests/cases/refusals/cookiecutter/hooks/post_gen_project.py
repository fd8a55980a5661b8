REGISTRY_TOKEN = "<<registry>>"
