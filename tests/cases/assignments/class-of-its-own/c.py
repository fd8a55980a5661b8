from typing import NewType

Password = NewType("Password", str)
DB_PASSWORD = Password("<<a>>")
X = DB_PASSWORD
