DATABASE_URL = "postgresql://shop:<<a>>!$*<<b>>@db.internal/orders"
