from celery import Celery


class CeleryConfig:
    broker_url = "amqp://worker:<<a>>@rabbit:5672//"
    result_backend = "db+postgresql://worker:<<b>>@pg/results"
    task_serializer = "json"


celery = Celery("tasks")
celery.config_from_object(CeleryConfig)
