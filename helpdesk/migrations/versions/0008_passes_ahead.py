"""A pass keeps what is left to do until the next morning, so that nobody reckons it anew."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("passes", sa.Column("ahead", sa.JSON(), nullable=True))
    op.add_column("passes", sa.Column("ahead_until", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table("passes") as table:
        table.drop_column("ahead_until")
        table.drop_column("ahead")
