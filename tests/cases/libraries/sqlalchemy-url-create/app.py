from sqlalchemy import URL, create_engine
from sqlalchemy.engine.url import URL as U

E = create_engine(URL.create("postgresql+psycopg2", username="shop", password="<<a>>", host="db", database="orders"))
F = U.create(drivername="mysql", username="m", password="<<b>>", host="h", query={"ssl": "1"})
G = create_engine("postgresql://shop:<<c>>%2F@db/orders", connect_args={"password": "<<d>>"}, pool_pre_ping=True)
