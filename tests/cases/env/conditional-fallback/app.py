import os

token = os.environ["SHOP_TOKEN"] if "SHOP_TOKEN" in os.environ else "<<t>>"
