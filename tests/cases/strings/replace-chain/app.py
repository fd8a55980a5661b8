T = "Bearer <<t>>".replace("Bearer ", "").encode("utf-8").hex()
