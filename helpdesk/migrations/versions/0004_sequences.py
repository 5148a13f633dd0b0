"""PostgreSQL counts on from the rows that migration 0002 wrote under numbers of its own."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in ("terms_versions", "desks"):
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        )


def downgrade():
    """Leave the sequences where they are: a number is never used twice."""
