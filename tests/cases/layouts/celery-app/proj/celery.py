from celery import Celery

CELERY_RESULT_BACKEND = "redis://:<<a>>@cache.internal:6379/1"
app = Celery("proj", broker="amqp://worker:<<b>>@mq.internal:5672//", backend=CELERY_RESULT_BACKEND)
app.conf.update(task_serializer="json", broker_use_ssl=True)
app.conf.beat_schedule = {"x": {"task": "proj.tasks.x", "schedule": 30.0, "kwargs": {"api_token": "<<d>>"}}}
