out = []
for password in "<<a>>", "<<b>>": out.append(password)
with open(__file__, encoding="utf-8") as f, open(__file__) as g: token = "<<t>>"; out += [token]
