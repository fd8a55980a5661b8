from logging.config import fileConfig


class context:
    class config:
        seen = {}

        @classmethod
        def set_main_option(cls, key, value):
            cls.seen[key] = value


config = context.config
config.set_main_option("sqlalchemy.url", "postgresql+psycopg2://alembic:<<a>>@db/app")
url = config.seen


def get_url():
    return "postgresql://%s:%s@%s/app" % ("app", "<<b>>", "db")
