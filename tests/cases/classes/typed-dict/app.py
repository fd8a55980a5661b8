from typing import TypedDict


class Login(TypedDict):
    user: str
    password: str


login: Login = {"user": "shop", "password": "<<pw>>"}
