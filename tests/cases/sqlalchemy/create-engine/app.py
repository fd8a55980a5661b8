from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg2://shop:<<pw>>@db.internal:5432/orders", pool_pre_ping=True)
