A = SECRET = "<<a>>"
B = SECRET_BYTES = b"<<a>>"
D = TOKEN = bytes("<<b>>", "utf-8")
