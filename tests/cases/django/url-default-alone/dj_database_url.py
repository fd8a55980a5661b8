import os


def config(env="DATABASE_URL", default=None):
    return {"URL": os.environ.get(env, default)}
