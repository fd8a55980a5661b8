from typing import Annotated

from pydantic import BaseModel, Field, SecretStr


class S(BaseModel):
    token: Annotated[SecretStr, Field(default=SecretStr("<<t>>"))]
