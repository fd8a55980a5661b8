def f(x):
  if x: password = "<<a>>"; y = 1
  else: password = None
  return password

class X: password = "<<b>>"; user = "x"
