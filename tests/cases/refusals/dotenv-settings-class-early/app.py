from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")
    api_token: str
    tokens: list[str]

    @field_validator("api_token", mode="before")
    @classmethod
    def reversed(cls, value: str) -> str:
        return value[::-1]
