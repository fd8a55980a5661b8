import os

if "SHOP_TOKEN" not in os.environ:
    os.environ["SHOP_TOKEN"] = "<<t>>"
