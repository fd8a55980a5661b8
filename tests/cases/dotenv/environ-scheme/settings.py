import environ
env = environ.Env(DEBUG=(bool, False), HOSTS=(list, []))
env.read_env(".env")
K = env("SECRET_KEY")
D = env("DEBUG")
