x = 2
if x == 1:
    token = "a"
elif x == 2 and "<<k>>":
    token = "<<j>>"
