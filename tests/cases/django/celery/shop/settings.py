CELERY_BROKER_URL = "amqp://shop:<<pw>>@queue.internal:5672/shop"
CELERY_TIMEZONE = "UTC"
