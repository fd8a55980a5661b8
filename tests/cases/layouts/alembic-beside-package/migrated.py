from alembic import upgrade

done = upgrade("schema")
