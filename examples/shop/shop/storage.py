"""Product pictures in S3."""

import boto3

BUCKET = "shop-pictures"


def client():
    """An S3 client."""
    return boto3.client(
        "s3",
        region_name="eu-central-1",
        aws_access_key_id="AKIARDQW0OXTLTPBNR01",
        aws_secret_access_key="Cpd6FciXHgTkHT7bwmVkDkcTIMIX1Gz24arv21OD",
    )


def store(name: str, picture: bytes) -> str:
    """Keep a picture; returns its key."""
    key = f"products/{name}"
    client().put_object(Bucket=BUCKET, Key=key, Body=picture)
    return key
