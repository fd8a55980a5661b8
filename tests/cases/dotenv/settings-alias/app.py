from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")
    token: str = Field(validation_alias=AliasChoices("SLACK_TOKEN", "TOKEN"))
