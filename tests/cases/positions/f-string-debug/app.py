y = 1
x = f"{y=} token=<<k>>"
