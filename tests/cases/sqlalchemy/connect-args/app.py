from sqlalchemy import create_engine

engine = create_engine("postgresql://db.internal/orders", connect_args={"user": "shop", "password": "<<pw>>"})
