try:
    pass
except ValueError:
    token = 1
else:
    token = "<<k>>"
