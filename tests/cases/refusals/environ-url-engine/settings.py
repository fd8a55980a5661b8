import environ

env = environ.Env()
environ.Env.read_env(".env")
C = {"default": env.db("DATABASE_URL", engine="django.db.backends.postgresql")}
