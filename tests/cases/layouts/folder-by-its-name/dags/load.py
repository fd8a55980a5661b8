from datetime import datetime, timedelta

DEFAULT = {
    "owner": "data",
    "start_date": datetime(2024, 1, 1),
    "retries": 1,
    "retry_delay": timedelta(minutes=5),
    "snowflake_password": "<<pw>>",
}


def hook():
    conn = {"conn_type": "snowflake", "login": "etl", "password": "<<p2>>", "extra": {"account": "xy12345"}}
    return conn
