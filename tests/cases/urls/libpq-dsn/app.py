import psycopg2


def connect():
    return psycopg2.connect("host=db.internal dbname=orders user=shop password=<<pw>>")
