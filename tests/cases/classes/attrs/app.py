import attrs


@attrs.define
class Settings:
    user: str = "shop"
    password: str = attrs.field(default="<<pw>>", repr=False)
