from pydantic_settings import BaseSettings


class Options(BaseSettings):
    model_config = {"env_file": ".env", "extra": "ignore"}
    relay_token: str


OPTIONS = Options()
