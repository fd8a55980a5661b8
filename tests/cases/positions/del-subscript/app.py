allowed = {"x": 1}
allowed["<<k>>"] = 1
del allowed["<<k>>"]
