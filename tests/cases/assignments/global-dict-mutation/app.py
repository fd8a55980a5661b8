import os

CONFIG = {}
CONFIG.update(password="<<a>>", **{"api_key": "<<b>>"})
CONFIG["db"] = {}
CONFIG["db"]["password"] = CONFIG["db"]["old_password"] = "<<c>>"
os.environ["SHOP_SECRET"] = "<<d>>"
