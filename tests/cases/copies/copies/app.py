def connect(*args): return args


a = connect("db", "<<a>>")
PASSWORD = "<<a>>"
b = f"{'<<a>>'}" + ["<<a>>"][0]
c = {"<<a>>": "x <<a>> y"}
d = b"<<a>>"
e = "https://h/" + "<<u>>"
URL = "postgresql://u:<<u>>@h/d"


def f():
    return "<<a>>"  # unsaid
