import json

API_KEY = "<<k>>"


def handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"key": API_KEY})}
