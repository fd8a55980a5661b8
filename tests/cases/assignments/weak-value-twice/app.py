import psycopg2
import smtplib


def database():
    return psycopg2.connect(host="db.internal", user="shop", password="<<pw>>", dbname="orders")


def mail():
    server = smtplib.SMTP("mail.internal")
    server.login("shop", "<<pw>>")
    return server
