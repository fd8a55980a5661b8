from collections import namedtuple

Login = namedtuple("Login", "user password")
login = Login(user="shop", password="<<pw>>")
