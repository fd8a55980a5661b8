from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings


class Db(BaseModel):
    host: str = "db"
    password: SecretStr = SecretStr("<<a>>")


class S(BaseSettings):
    db: Db = Db()
    api_key: str = Field(default="<<b>>", alias="SHOP_API_KEY")
    model_config = {"env_prefix": "SHOP_"}
