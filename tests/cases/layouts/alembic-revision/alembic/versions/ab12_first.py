"""A user of its own."""

from alembic import op

revision = "ab12"
down_revision = None


def upgrade():
    op.execute("CREATE USER app WITH PASSWORD '<<user>>'")
