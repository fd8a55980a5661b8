from environs import Env

env = Env()
env.read_env()
A = env.str("SECRET_KEY", "<<k>>")
B = dict(token=env("API_TOKEN", default="<<t>>"))
