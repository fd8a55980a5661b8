import psycopg

a = psycopg.connect("dbname=shop user=shop password=<<a>> host=db.internal port=5432")
b = psycopg.connect("host=db user=%s password='<<b>>'" % "shop")
d = psycopg.connect(f"""
    host=db
    user=shop
    password=<<d>>
""")
