import collections
from typing import NamedTuple


class C(NamedTuple):
    user: str = "shop"
    password: str = "<<pw>>"


D = collections.namedtuple("D", "user password")(password="<<pw>>", user="u")
