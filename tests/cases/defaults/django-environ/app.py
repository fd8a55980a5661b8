import environ

env = environ.Env(DEBUG=(bool, False))
A = env("SECRET_KEY", default="<<k>>")
B = env.str("API_TOKEN", default=("<<t>>"
    "<<u>>"))
DEBUG = env("DEBUG")
