import boto3

client = boto3.client(
    "s3",
    endpoint_url="http://minio.internal:9000",
    region_name="us-east-1",
    aws_access_key_id="minio-shop",
    aws_secret_access_key="<<a>>",
)


def kind(made):
    credentials = made._request_signer._credentials
    return credentials.access_key, credentials.secret_key
