from alembic import context

context.config.set_main_option("sqlalchemy.url", "postgresql+psycopg2://owner:<<db>>@db/app")
