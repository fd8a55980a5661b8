A = "postgresql://shop:<<a>>%2f%3a<<b>>@db/orders"
