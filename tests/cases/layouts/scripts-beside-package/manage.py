from shop.names import NAME

API_TOKEN = "<<t>>"
