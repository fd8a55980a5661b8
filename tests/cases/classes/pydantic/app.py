from pydantic import BaseModel, Field, SecretStr


class Settings(BaseModel):
    api_key: str = "<<a>>"
    password: SecretStr = SecretStr("<<b>>")
    token: str = Field(default="<<c>>", repr=False)
