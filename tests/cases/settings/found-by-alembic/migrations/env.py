from alembic import context

url = context.config.get_main_option("sqlalchemy.url")
