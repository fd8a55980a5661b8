"""The nightly report, on its own connection to the replica."""

import psycopg2


def connect():
    """A connection to the replica."""
    return psycopg2.connect("host=replica.shop.internal dbname=shop user=reports password=j8U94VnUymcI8jmx")


def totals(day: str) -> list[tuple[str, int]]:
    """Orders and their number by state on one day."""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM orders WHERE day = %s GROUP BY state", (day,))
        return list(cursor)
