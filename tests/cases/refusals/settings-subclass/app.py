from base import Base


class Settings(Base):
    api_key: str = ""
