from celery import Celery

TOKEN = "<<a>>"
