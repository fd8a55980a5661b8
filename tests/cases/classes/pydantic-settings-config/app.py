from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Nested(BaseModel):
    api_key: str = "<<k>>"


class S(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
    db_password: SecretStr = SecretStr("<<pw>>")
    nested: Nested = Nested()
