from starlette.config import Config

config = Config(".env", env_prefix="APP_")
K = config("SECRET_KEY")
