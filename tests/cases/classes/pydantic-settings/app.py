from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    db_host: str = "db.internal"
    db_password: str = "<<pw>>"
