host = "db.internal"
DATABASE_URL = f"postgresql://shop:<<pw>>@{host}:5432/orders"
