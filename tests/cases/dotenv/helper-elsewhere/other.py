from util import need

B = need("DB_PASSWORD")
