import jwt

a = jwt.encode({"x": 1}, "<<k>>", algorithm="HS256")
b = jwt.decode(a, key="<<k>>", algorithms=["HS256"])
