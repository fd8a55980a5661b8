from typing import TypedDict


class Conn(TypedDict, total=False):
    user: str
    password: str


CONN: Conn = {"user": "shop", "password": "<<pw>>"}
CONN2 = Conn(user="shop", password="<<pw>>")
