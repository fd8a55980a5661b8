USERS = [
    {"name": "a", "password": "<<a>>"},
    {"name": "b", "password": "<<b>>"},
]
