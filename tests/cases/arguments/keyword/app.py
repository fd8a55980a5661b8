import psycopg2


def connect():
    return psycopg2.connect(host="db.internal", user="shop", password="<<pw>>", dbname="orders")
