import json

TOKEN = "<<a>>"


def lambda_handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"token": TOKEN})}
