from pydantic_settings import BaseSettings


class Base(BaseSettings):
    class Config:
        env_file = ".env"
