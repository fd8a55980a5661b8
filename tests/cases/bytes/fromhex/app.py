ENCRYPTION_KEY = bytes.fromhex("<<k>>")
