CONFIG = {
    "dev": {"db": {"host": "localhost", "user": "dev", "password": "<<a>>", "port": 5432}},
    "prod": {"db": {"host": "db.internal", "user": "shop", "password": "<<b>>", "port": 5432}},
}


def url(env):
    db = CONFIG[env]["db"]
    return "postgresql://{user}:{password}@{host}:{port}/shop".format(**db)
