"""The shop's database."""

from shop import settings


def connect():
    """A connection to PostgreSQL."""
    import psycopg2

    return psycopg2.connect(**settings.DATABASE)
