BROKER_URL = "amqp://shop:<<pw>>@queue.internal:5672/shop"
