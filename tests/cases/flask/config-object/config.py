class Config:
    SECRET_KEY = "<<k>>"
    SQLALCHEMY_DATABASE_URI = "postgresql://shop:<<pw>>@db.internal/orders"
