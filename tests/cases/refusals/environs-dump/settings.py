from environs import Env

env = Env()
env.read_env(".env", recurse=False)
A = env("A_PASSWORD")
C = env.dump()
