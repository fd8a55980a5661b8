import psycopg2

secret_of_db = "<<pw>>"


def connect():
    return psycopg2.connect(host="db.internal", user="shop", password=secret_of_db, dbname="orders")
