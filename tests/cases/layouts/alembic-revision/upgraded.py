from alembic import upgrade

done = upgrade("alembic")
