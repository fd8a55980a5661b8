def quote(text):
    return f"<{text}>"


NAME = quote("a")
DATABASE_URL = "postgresql://shop:<<pw>>@db.internal/orders"
