metadata = {"tables": []}
