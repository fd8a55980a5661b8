from starlette.config import Config
config = Config(".env")
K = config("SECRET_KEY")
