x = b"<<k>>".decode()
