from alembic import op

revision: str = "cd34"
down_revision: str | None = None


def upgrade() -> None:
    op.execute("ALTER USER app PASSWORD '<<user>>'")
