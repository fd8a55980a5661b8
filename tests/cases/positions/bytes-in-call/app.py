import hashlib

x = hashlib.sha256(b"<<k>>").hexdigest()
