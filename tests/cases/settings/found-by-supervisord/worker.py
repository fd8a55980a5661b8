import os

QUEUE_PASSWORD = os.environ.get("QUEUE_PASSWORD")
