from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Settings:
    host: str = "db"
    password: str = field(default="<<pw>>", repr=False, compare=False)
    tokens: list[str] = field(default_factory=lambda: ["<<t>>"])
    headers: dict = field(default_factory=lambda: dict(Authorization="Bearer <<b>>"))
