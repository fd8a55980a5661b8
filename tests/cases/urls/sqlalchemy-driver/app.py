SQLALCHEMY_DATABASE_URI = "mysql+pymysql://shop:<<pw>>@db.internal/orders?charset=utf8mb4"
