import os

os.environ["SHOP_API_TOKEN"] = "<<t>>"
