import environ
env = environ.Env()
env.read_env(".env")
K = env("SECRET_KEY")
