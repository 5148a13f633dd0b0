"""The content of an export lies in pieces, which every database reads one at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PIECE = 1024 * 1024

exports = sa.table(
    "exports", sa.column("id", sa.Integer), sa.column("content", sa.LargeBinary)
)
pieces = sa.table(
    "export_pieces",
    sa.column("export_id", sa.Integer),
    sa.column("number", sa.Integer),
    sa.column("content", sa.LargeBinary),
)


def upgrade():
    op.create_table(
        "export_pieces",
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["exports.id"],
            name=op.f("fk_export_pieces_export_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("export_id", "number", name=op.f("pk_export_pieces")),
    )
    database = op.get_bind()
    longest = database.scalar(sa.select(sa.func.max(sa.func.length(exports.c.content)))) or 0
    for number in range(-(-longest // PIECE)):
        database.execute(_cut(number))
    with op.batch_alter_table("exports") as table:
        table.drop_column("content")


def _cut(number):
    """Return what makes one more piece of each content that is long enough to have it."""
    begins_at = number * PIECE
    piece = sa.func.substr(exports.c.content, begins_at + 1, PIECE)
    cut = sa.select(exports.c.id, sa.literal(number + 1, sa.Integer), piece)
    cut = cut.where(sa.func.length(exports.c.content) > begins_at)
    return sa.insert(pieces).from_select(["export_id", "number", "content"], cut)


def downgrade():
    with op.batch_alter_table("exports") as table:
        table.add_column(sa.Column("content", sa.LargeBinary(), nullable=True))
    database = op.get_bind()
    numbers = sa.select(pieces.c.export_id).distinct()
    for number in database.scalars(numbers).all():
        theirs = sa.select(pieces.c.content).where(pieces.c.export_id == number)
        content = b"".join(database.scalars(theirs.order_by(pieces.c.number)))
        whole = sa.update(exports).where(exports.c.id == number).values(content=content)
        database.execute(whole)
    op.drop_table("export_pieces")
