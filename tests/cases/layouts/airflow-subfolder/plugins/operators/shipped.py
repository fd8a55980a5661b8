from airflow.models import BaseOperator


class Ship(BaseOperator):
    api_key = "<<shipping>>"
