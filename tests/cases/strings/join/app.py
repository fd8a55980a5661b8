token = "".join(["<<a>>"])
lookup = {"token": "<<b>>"}
