import os


def run(event, context):
    return os.environ.get("DATABASE_URL")
