A = b"Bearer " + b"<<a>>"
B = b"x" b"<<b>>" b"y"
D = bytearray(b"<<d>>") + "<<e>>".encode("utf-16")
