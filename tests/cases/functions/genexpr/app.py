def sign(x, key): return x + key


A = list(sign(x, key="<<k>>") for x in "ab"), sum(len(token) for token in ["<<t>>"])
B = any(password == "<<pw>>" for password in ("a",))
