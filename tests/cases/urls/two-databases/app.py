ORDERS_URL = "postgresql://shop:<<a>>@db1.internal/orders"
ANALYTICS_URL = "postgresql://shop:<<b>>@db2.internal/analytics"
