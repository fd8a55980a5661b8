import attr
from attrs import define, field


@attr.s(auto_attribs=True)
class S:
    password: str = attr.ib(default="<<pw>>", repr=False)


@define
class T:
    token: str = field(default="<<t>>", converter=str)
