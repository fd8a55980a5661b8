"""Airflow's operators."""


class BaseOperator:
    pass
