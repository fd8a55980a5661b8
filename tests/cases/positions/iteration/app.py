x = []
for token in ("<<k>>", "<<j>>"):
    x.append(token)
