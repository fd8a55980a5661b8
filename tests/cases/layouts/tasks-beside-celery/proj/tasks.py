from celery import shared_task

from proj.celery import app
from proj.redis import KEY

TOKEN = '<<a>>'
