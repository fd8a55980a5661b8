from typing import ClassVar

import pydantic
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Base(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_file=".env")


class S(Base):
    USER: ClassVar[str] = "shop"
    PIN_TOKEN: ClassVar[str] = "<<p>>"
    _token: str = "<<o>>"
    api_token: str = "<<t>>"
    key: SecretStr = SecretStr("<<k>>")
    password: str = pydantic.Field("<<l>>", min_length=3)  # the login's password
    both_url: str = f"amqp://{USER}:<<b>>@mq.internal:5672/"
