import boto3


def client():
    return boto3.client("s3", aws_access_key_id="<<id>>", aws_secret_access_key="<<key>>")
