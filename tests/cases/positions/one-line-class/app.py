class Config: token = "<<k>>"; n = 1
