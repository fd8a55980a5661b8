from alembic import context
from warehouse.models import metadata

context.config.set_main_option("sqlalchemy.url", f"postgresql+psycopg2://owner:<<db>>@db/app{len(metadata)}")
