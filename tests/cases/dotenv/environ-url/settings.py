import environ

env = environ.Env(DEBUG=(bool, False))
environ.Env.read_env(".env")
DATABASES = {"default": env.db()}
K = env("SECRET_KEY")
