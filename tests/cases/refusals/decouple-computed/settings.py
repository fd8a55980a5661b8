from decouple import config

A = config("A_PASSWORD")
C = {n: config(f"{n}_PASSWORD") for n in ("A", "B")}
