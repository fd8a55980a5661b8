from functools import lru_cache

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings


class Database(BaseModel):
    host: str = "localhost"
    password: str = "<<d>>"


class Settings(BaseSettings):
    port: int = 8000
    db: Database = Database()
    jwt_secret: SecretStr = SecretStr("<<j>>")


@lru_cache
def get_settings() -> Settings:
    return Settings()


s = get_settings()
