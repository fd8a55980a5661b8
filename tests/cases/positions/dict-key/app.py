ALLOWED = {"<<k>>": "shop"}
