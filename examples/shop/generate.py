"""Makes the shop's credentials: run once, its output was committed.

Every value is random and opens nothing. None has the checksum of a real provider's token, so that no other scanner
takes it for a live one. Run it again for a fresh set; the files are written from the templates below.
"""

from __future__ import annotations

import secrets
import string
from pathlib import Path

HERE = Path(__file__).parent
WORD = string.ascii_letters + string.digits

SETTINGS = '''"""Settings of the shop."""

import os

SECRET_KEY = "{flask}"
SESSION_COOKIE_NAME = "shop_session"
PASSWORD_MIN_LENGTH = 12

DATABASE = {{
    "host": "db.shop.internal",
    "port": 5432,
    "dbname": "shop",
    "user": "shop_app",
    "password": "{database}",
}}

BROKER_URL = "amqp://shop:{broker}@mq.shop.internal:5672/shop"

PAYMENT_API_URL = "https://api.payments.example/v2"
PAYMENT_API_KEY = "{payment}"
PAYMENT_WEBHOOK_SECRET = os.environ["PAYMENT_WEBHOOK_SECRET"]

MAIL_HOST = "smtp.shop.internal"
MAIL_USER = "orders@shop.internal"
MAIL_PASSWORD = os.getenv("MAIL_PASSWORD")

SEARCH_TOKEN = os.getenv("SEARCH_TOKEN", "{search}")
'''

STORAGE = '''"""Product pictures in S3."""

import boto3

BUCKET = "shop-pictures"


def client():
    """An S3 client."""
    return boto3.client(
        "s3",
        region_name="eu-central-1",
        aws_access_key_id="{aws_id}",
        aws_secret_access_key="{aws_secret}",
    )


def store(name: str, picture: bytes) -> str:
    """Keep a picture; returns its key."""
    key = f"products/{{name}}"
    client().put_object(Bucket=BUCKET, Key=key, Body=picture)
    return key
'''

REPORTS = '''"""The nightly report, on its own connection to the replica."""

import psycopg2


def connect():
    """A connection to the replica."""
    return psycopg2.connect("host=replica.shop.internal dbname=shop user=reports password={reports}")


def totals(day: str) -> list[tuple[str, int]]:
    """Orders and their number by state on one day."""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM orders WHERE day = %s GROUP BY state", (day,))
        return list(cursor)
'''

DOTENV = """# Settings of this machine.
SHOP_LOG_LEVEL=info
SHOP_THEME="dark"

# Mail
export MAIL_PASSWORD='{mail}'

PAYMENT_WEBHOOK_SECRET={webhook}   # from the payment provider's console
"""

TASK = """{{
  "family": "shop",
  "networkMode": "awsvpc",
  "requiresCompatibilities": ["FARGATE"],
  "cpu": "512",
  "memory": "1024",
  "executionRoleArn": "arn:aws:iam::123456789012:role/shop-execution",
  "taskRoleArn": "arn:aws:iam::123456789012:role/shop-task",
  "containerDefinitions": [
    {{
      "name": "web",
      "image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:latest",
      "portMappings": [{{"containerPort": 8000}}],
      "environment": [
        {{"name": "SHOP_LOG_LEVEL", "value": "info"}},
        {{"name": "SEARCH_TOKEN", "value": "{search}"}}
      ]
    }}
  ]
}}
"""

TESTS = '''"""Tests of the shop."""

import hmac

from shop.app import create_app
from shop.orders import signature

TEST_PASSWORD = "{test}"


def test_the_front_page_lists_products():
    page = create_app().test_client().get("/")
    assert page.status_code == 200
    assert b"Teapot" in page.data


def test_a_webhook_without_a_signature_is_refused():
    answer = create_app().test_client().post("/webhook", data=b"{{}}")
    assert answer.status_code == 403


def test_a_webhook_with_the_right_signature_is_taken():
    body = b'{{"order": 1}}'
    answer = create_app().test_client().post("/webhook", data=body, headers={{"X-Signature": signature(body)}})
    assert answer.status_code == 204


def test_signatures_differ():
    assert not hmac.compare_digest(signature(b"a"), signature(b"b"))
'''


def word(length: int) -> str:
    """Random letters and digits."""
    return "".join(secrets.choice(WORD) for _ in range(length))


def access_key_id() -> str:
    """Like an AWS access key id, with digits that a real one cannot have."""
    return "AKIA" + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ0189") for _ in range(14)) + "01"


def main() -> None:
    """Write all files that hold a credential."""
    values = {
        "flask": secrets.token_hex(24),
        "database": word(10) + "!" + word(9),
        "broker": word(18),
        "payment": "pay_" + word(36),
        "search": word(32),
        "aws_id": access_key_id(),
        "aws_secret": word(40),
        "reports": word(16),
        "mail": word(8) + "#" + word(7),
        "webhook": "whk_" + word(40),
        "test": word(14),
    }
    for path, template in {
        "shop/settings.py": SETTINGS,
        "shop/storage.py": STORAGE,
        "shop/reports.py": REPORTS,
        ".env": DOTENV,
        "taskdef.json": TASK,
        "tests/test_shop.py": TESTS,
    }.items():
        (HERE / path).write_text(template.format(**values), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
