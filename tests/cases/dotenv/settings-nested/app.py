import main
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict


class Db(BaseModel):
    password: str = ""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_nested_delimiter="__", extra="ignore")
    db: Db = Db()
