x = 0
while x < 2 and "<<k>>":
    x += 1
