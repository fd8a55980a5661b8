from datetime import datetime, timedelta

default_args = {
    "owner": "data",
    "retries": 2,
    "retry_delay": timedelta(minutes=5),
    "params": {"snowflake_password": "<<a>>"},
}
dag = dict(dag_id="orders", start_date=datetime(2024, 1, 1), default_args=default_args, schedule="@daily")


def hook():
    conn = {"conn_id": "wh", "conn_type": "postgres", "login": "etl", "password": "<<b>>", "host": "wh.internal"}
    return conn
