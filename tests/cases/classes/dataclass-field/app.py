from dataclasses import dataclass, field


@dataclass
class Settings:
    password: str = field(default="<<pw>>", repr=False)
