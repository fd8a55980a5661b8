"""Settings of the shop."""

import os

SECRET_KEY = "cfca973b2f8c68e3c9ea1edcbfbf9b249eb7c0e8c6c53aac"
SESSION_COOKIE_NAME = "shop_session"
PASSWORD_MIN_LENGTH = 12

DATABASE = {
    "host": "db.shop.internal",
    "port": 5432,
    "dbname": "shop",
    "user": "shop_app",
    "password": "8w6Wz75tqf!IYRFowszj",
}

BROKER_URL = "amqp://shop:4ZpRXWo0rMDpffcwf4@mq.shop.internal:5672/shop"

PAYMENT_API_URL = "https://api.payments.example/v2"
PAYMENT_API_KEY = "pay_bt27qHQ2CH7yqK6BDZFsbT7iA1IPjpYmGaXq"
PAYMENT_WEBHOOK_SECRET = os.environ["PAYMENT_WEBHOOK_SECRET"]

MAIL_HOST = "smtp.shop.internal"
MAIL_USER = "orders@shop.internal"
MAIL_PASSWORD = os.getenv("MAIL_PASSWORD")

SEARCH_TOKEN = os.getenv("SEARCH_TOKEN", "f8ERSYB71Fmk7kckWogvB11RGEA51Eui")
