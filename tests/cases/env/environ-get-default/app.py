from os import environ

API_TOKEN = environ.get("SHOP_API_TOKEN", "<<t>>")
