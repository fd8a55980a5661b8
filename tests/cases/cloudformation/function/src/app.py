import os

TOKEN = os.environ["API_TOKEN"]


def handler(event, context):
    return {"token": TOKEN, "level": os.environ["LOG_LEVEL"]}
