from collections import namedtuple

Login = namedtuple("Login", "user password")
login = Login("shop", "<<pw>>")
