class A: password = "<<a>>"; user = "x"
def f(): password = "<<b>>"; return password
if True: t = "x"; token = "<<c>>"
else: token = "<<d>>"
