import psycopg2

A = psycopg2.connect("dbname=orders user=shop password=<<a>> host=db")
B = psycopg2.connect("dbname=orders user=shop password='<<b>>' host=db")
