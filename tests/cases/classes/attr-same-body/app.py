class Config:
    PASSWORD = "<<pw>>"
    URL = f"postgresql://shop:{PASSWORD}@db/orders"
    KEYS = dict(password=PASSWORD)
    HEADERS = {"x": PASSWORD.upper()}
