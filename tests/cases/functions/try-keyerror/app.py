import os

try:
    TOKEN = os.environ["SHOP_TOKEN"]
except KeyError:
    TOKEN = "<<t>>"
try: PASSWORD = os.environ["SHOP_PASSWORD"]
except KeyError: PASSWORD = "<<pw>>"
