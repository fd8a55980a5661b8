from abc import ABC, abstractmethod


class P(ABC):
    password: str

    @property
    @abstractmethod
    def token(self) -> str: ...


class C(P):
    password = "<<a>>"

    @property
    def token(self) -> str: return "<<b>>"

    @classmethod
    def api_key(cls): return "<<c>>"

    @staticmethod
    def secret(): return "<<d>>"
