from __future__ import annotations

from functools import lru_cache
from typing import Optional

from pydantic import Field, PostgresDsn, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_file=".env", extra="ignore")

    api_key: SecretStr  # of the shop
    database_url: PostgresDsn
    jwt_secret: str = Field(min_length=8)
    debug: bool = False

    @field_validator("jwt_secret")
    @classmethod
    def long_enough(cls, value: str) -> str:
        if value.startswith("{{"):
            raise ValueError("a reference")
        return value

    @property
    def dsn(self) -> str:
        return str(self.database_url) + "?sslmode=require"


class Base(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")
    user: str = "mailer"


class Mail(Base):
    smtp_password: Optional[str] = None
    hook: str | None = Field(None, validation_alias="SLACK_HOOK")


@lru_cache
def get_mail() -> Mail:
    return Mail()


settings = Settings()
