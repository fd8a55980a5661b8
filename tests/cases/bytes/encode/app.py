SECRET_KEY = "<<k>>".encode()
