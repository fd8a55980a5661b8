from celery import Celery

broker_url = "amqp://shop:<<a>>@mq:5672//"
CONF = {"result_backend": "redis://:<<b>>@cache:6379/1"}
celery = Celery("x", broker="redis://:<<c>>@cache/0", backend="db+postgresql://u:<<d>>@h/d")
celery.conf.update(broker_url="amqps://u:<<e>>@h", result_backend="rpc://")
