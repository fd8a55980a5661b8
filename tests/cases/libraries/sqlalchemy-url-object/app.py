import sqlalchemy as sa
from sqlalchemy.engine import URL

u = URL.create("postgresql+psycopg2", username="app", password="<<a>>", host="db", database="app")
e = sa.create_engine(u, pool_pre_ping=True)
f = sa.create_engine("mssql+pyodbc://sa:<<b>>@sql/app?driver=ODBC+Driver+17+for+SQL+Server")
