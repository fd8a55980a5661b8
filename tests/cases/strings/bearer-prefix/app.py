HEADERS = {"Authorization": "Bearer <<t>>"}
