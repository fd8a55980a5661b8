DATABASE_URL = "postgresql://shop:<<a>>%40%2F%3A<<b>>@db.internal/orders"
