import os

os.environ["SHOP_TOKEN"] = "<<t>>"
os.environ.update(SHOP_PASSWORD="<<pw>>")
os.environ.update({"SHOP_SECRET_KEY": "<<k>>"})
