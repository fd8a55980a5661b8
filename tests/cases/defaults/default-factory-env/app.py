import os
from dataclasses import dataclass, field


@dataclass
class A:
    token: str = field(default_factory=lambda: os.getenv("A_TOKEN", "<<a>>"))
    keys: list = field(default_factory=lambda: ["<<b>>"])
    cfg: dict = field(default_factory=lambda: {"key": os.environ.get("A_KEY") or "<<d>>"})
