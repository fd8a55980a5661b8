DATABASE_URL = (
    "postgresql://shop:<<pw>>"
    "@db.internal:5432/orders"
)
