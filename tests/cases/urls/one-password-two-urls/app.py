READ_URL = "postgresql://shop:<<a>>@db.internal/orders"
WRITE_URL = "postgresql://shop:<<a>>@db.internal/archive"
