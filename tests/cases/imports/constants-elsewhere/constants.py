USER = "shop"
PASSWORD = "<<a>>"
HOST = "db"
