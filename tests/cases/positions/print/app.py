print("<<k>>", end="")
x = 1
