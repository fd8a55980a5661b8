import psycopg2

settings = {"host": "db", "user": "shop", "password": "<<a>>", "dbname": "shop"}
settings.update(sslmode="require")
conn = psycopg2.connect(**settings, connect_timeout=3)
