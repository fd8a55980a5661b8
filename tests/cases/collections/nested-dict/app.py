CONFIG = {
    "mail": {"user": "shop", "password": "<<a>>"},
    "search": {"api_key": "<<b>>"},
}
