from decouple import config
K = config("SECRET_KEY")
