x = b":".join([b"shop", b"<<k>>"])
