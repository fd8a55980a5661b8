HOST = "db.internal"
A = (f"mysql://root:"
     f"<<a>>@{HOST}"
     "/db")
B = "postgresql://shop:" + "<<b>>" + "@" + HOST
D = ("redis://:<<d>>"
     "@cache:6379/0")
