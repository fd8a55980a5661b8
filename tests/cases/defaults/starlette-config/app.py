from decouple import config

S = config("SHOP_SECRET_KEY", default="<<a>>")
A = config("SHOP_API_KEY", "<<b>>")
