users = [
    ("root", "<<a>>7!", "admin"),
    ("bob", "<<b>>7!", "reader"),
]
