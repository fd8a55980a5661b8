from typing import Annotated

from pydantic import BaseModel, Field, SecretStr


class S(BaseModel):
    password: str = Field(default="<<pw>>", min_length=4)
    key: SecretStr = SecretStr("<<k>>")
    db: SecretStr = Field(SecretStr("<<d>>"), description="db")
    token: Annotated[str, Field(alias="auth")] = "<<t>>"
