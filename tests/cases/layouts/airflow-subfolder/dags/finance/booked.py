from airflow.decorators import dag

BOOKING_TOKEN = "<<booking>>"


@dag()
def booked():
    pass
