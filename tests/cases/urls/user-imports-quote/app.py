import os
from urllib.parse import quote

NAME = quote("a b")
DATABASE_URL = "postgresql://shop:<<pw>>@db.internal/orders"
