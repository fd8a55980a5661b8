import environ
env = environ.Env(API_KEYS=(list, []))
env.read_env(".env")
K = env("API_KEYS")
