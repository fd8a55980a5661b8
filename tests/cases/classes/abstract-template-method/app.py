from abc import ABC, abstractmethod


class Base(ABC):
    creds: dict[str, str] = {}

    @abstractmethod
    def login(self): ...


class Child(Base):
    creds = {**Base.creds, "username": "svc", "password": "<<a>>"}

    def login(self):
        return self.creds | {"otp_secret": "<<b>>"}
