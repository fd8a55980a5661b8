from alembic import context

config = context.config
config.set_main_option("sqlalchemy.url", "postgresql+psycopg2://owner:<<db>>@db/app")
