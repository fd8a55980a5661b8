import psycopg2

CONFIG = {"host": "db", "user": "shop", "password": "<<a>>", "port": "5432", "dbname": "orders"}
A = psycopg2.connect(**CONFIG)
