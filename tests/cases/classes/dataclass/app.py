from dataclasses import dataclass


@dataclass
class Settings:
    user: str = "shop"
    password: str = "<<pw>>"
