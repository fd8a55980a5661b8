d = {}
d["a"] = token = "<<k>>"
