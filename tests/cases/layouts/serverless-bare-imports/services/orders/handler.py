import json

from db import connect

API_KEY = "<<ak>>"


def main(event, context):
    return {"statusCode": 200, "body": json.dumps([API_KEY, connect()])}
