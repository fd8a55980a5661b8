seen = {}
for user, password in [("root", "<<a>>"), ("bob", "<<b>>")]:
    seen[user] = password
LENGTHS = [len(pw) for user, pw in [("eve", "<<c>>")]]
