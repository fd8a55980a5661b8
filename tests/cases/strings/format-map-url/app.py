URL = "postgresql+asyncpg://{user}:{password}@{host}/{db}"
A = URL.format(user="app", password="<<a>>", host="db", db="app")
PARAMS = dict(user="app", password="<<b>>", host="db", db="app")
B = URL.format_map(PARAMS)
