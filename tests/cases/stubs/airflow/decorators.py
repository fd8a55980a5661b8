"""Airflow's decorators, which make a DAG of a function."""


def dag():
    return lambda function: function
