import os


def login():
    return os.environ.get("ADMIN_PASSWORD", "<<a>>")
