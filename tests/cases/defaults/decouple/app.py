from decouple import config

A = config("SECRET_KEY", default="<<k>>")
B = [config('API_TOKEN', '<<t>>'), 1]
C = "x" + config("DB_PASSWORD", default="<<p>>").upper()
D = config("CAST_TOKEN", default="<<c>>", cast=str)
