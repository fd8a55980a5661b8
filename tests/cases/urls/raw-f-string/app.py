name = "orders"
DATABASE_URL = rf"postgresql://shop:<<pw>>@db.internal/{name}?x={{y}}"
