import pymysql


def connect():
    return pymysql.connect(
        host="db.internal",
        user="shop",
        password="<<pw>>",  # the shop's own account
        database="orders",
    )
