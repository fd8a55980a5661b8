allowed = {}
allowed["<<k>>"] = 1
