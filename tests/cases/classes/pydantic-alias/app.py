from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class S(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    token: str = Field("<<t>>", alias="SHOP_API_TOKEN", min_length=3)
    key: str = Field(default="<<k>>", description="signing key", validation_alias="signing_key")


class T(BaseModel):
    url: str
    api_key: str | None = "<<a>>"
