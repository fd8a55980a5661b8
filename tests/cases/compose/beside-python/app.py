import psycopg2

PASSWORD = "<<pw>>"
connection = psycopg2.connect(host="db", user="shop", dbname="shop", password=PASSWORD)
