from dataclasses import dataclass, field


@dataclass(slots=True)
class Db:
    host: str = "db"
    password: str = field(default="<<a>>", repr=False)
    options: dict[str, str] = field(default_factory=lambda: {"sslpassword": "<<b>>"})
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.url = f"postgresql://app:{self.password}@{self.host}"
