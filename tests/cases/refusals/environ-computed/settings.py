import environ

env = environ.Env()
environ.Env.read_env(".env")
A = env("A_PASSWORD")
C = {n: env(n) for n in ("A_PASSWORD", "B_PASSWORD")}
