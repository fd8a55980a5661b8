from pydantic_settings import BaseSettings, SettingsConfigDict


class S(BaseSettings):
    model_config = SettingsConfigDict(env_file='.env')
    api_token: str


T = S(api_token='x').api_token
