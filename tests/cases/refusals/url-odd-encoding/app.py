DATABASE_URL = "postgresql://shop:<<a>>%2f<<b>>@db.internal/orders"
