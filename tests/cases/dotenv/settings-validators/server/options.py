from typing import Annotated, Any

from pydantic import AmqpDsn, BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings


class Mail(BaseModel):
    sender: str = "noreply@courier.test"
    password: SecretStr


class Options(BaseSettings):
    hosts: list[str] | str = "a,b"
    broker: AmqpDsn
    signing_key: Annotated[str, Field(min_length=16)]
    mail: Mail

    @field_validator("hosts", mode="before")
    @classmethod
    def listed(cls, given: Any) -> list[str] | str:
        return given.split(",") if isinstance(given, str) else given

    @model_validator(mode="after")
    def checked(self) -> "Options":
        if "resolve" in self.signing_key:
            raise ValueError("not a key")
        return self

    class Config:
        env_file = ".env"
        env_prefix = "COURIER__"
        env_nested_delimiter = "__"


OPTIONS = Options()
