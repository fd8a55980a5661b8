import os

os.environ.setdefault("SHOP_API_TOKEN", "<<t>>")
