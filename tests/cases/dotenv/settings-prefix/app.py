from pydantic_settings import BaseSettings as B
import pydantic_settings as ps


class Settings(B):
    model_config = ps.SettingsConfigDict(env_file=".env", env_prefix="STRIPE_", extra="ignore")
    key: str = ""
