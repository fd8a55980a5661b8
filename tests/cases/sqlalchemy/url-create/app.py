from sqlalchemy.engine import URL

url = URL.create(drivername="postgresql", username="shop", password="<<pw>>", host="db.internal", database="orders")
