import os

A = os.environ.get("SHOP_PASSWORD", os.environ.get("SHOP_DB_PASSWORD", "<<pw>>"))
B = os.getenv("SHOP_TOKEN") or "<<t>>"
