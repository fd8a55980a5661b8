import os

DATABASE_URL = os.getenv("DATABASE_URL", "postgresql://shop:<<pw>>@db.internal/orders")
