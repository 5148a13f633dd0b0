"""Messages are facts first: what each one says, put into words when somebody needs them."""

import html
import json

import sqlalchemy as sa
from alembic import op

from helpdesk.migrations.rebuild import rebuilt

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORDS = ("subject", "text", "html")
AT_ONCE = 1000

messages = sa.table(
    "messages",
    sa.column("id", sa.Integer),
    sa.column("letter", sa.JSON),
    sa.column("subject", sa.Text),
    sa.column("text", sa.Text),
    sa.column("html", sa.Text),
    sa.column("state", sa.String),
)


def upgrade():
    with rebuilt("messages") as table:
        table.add_column(sa.Column("letter", sa.JSON(), nullable=True))
        for name in WORDS:
            table.alter_column(name, existing_type=sa.Text(), nullable=True)


def downgrade():
    """Write down what each letter says, as it is: nothing that was told is lost.

    The words themselves take the templates, which are not the migrations' to use. What still waits
    is given up, so that no customer is sent such a page: supervisors see it in the outbox.
    """
    while _write_down(op.get_bind()):
        pass
    with rebuilt("messages") as table:
        for name in WORDS:
            table.alter_column(name, existing_type=sa.Text(), nullable=False)
        table.drop_column("letter")


def _write_down(connection):
    query = sa.select(messages.c.id, messages.c.letter, messages.c.state)
    rows = connection.execute(query.where(messages.c.subject.is_(None)).limit(AT_ONCE)).all()
    for row in rows:
        said = json.dumps(row.letter, ensure_ascii=False, indent=2)
        connection.execute(
            sa.update(messages)
            .where(messages.c.id == row.id)
            .values(
                subject=(row.letter or {}).get("reference", ""),
                text=said,
                html=f"<pre>{html.escape(said)}</pre>",
                state="failed" if row.state == "waiting" else row.state,
            )
        )
    return len(rows)
