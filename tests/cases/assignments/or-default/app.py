import os

password = os.environ.get("SHOP_DB_PASSWORD") or "<<pw>>"
