"""Account management, and the whole life after the request.

The events get a digest of their personal part, so that the chain holds once that is erased. Each
chain that was whole is sealed again; one that was broken keeps its old hashes, so that it still
shows as broken.
"""

import datetime
import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
HELD_BEFORE = "Set before reasons were kept."

companies = sa.table("companies", sa.column("id"), sa.column("on_hold", sa.Boolean))
holds = sa.table(
    "holds",
    sa.column("company_id", sa.Integer),
    sa.column("reason", sa.Text),
    sa.column("set_at", INSTANT),
    sa.column("released_at", INSTANT),
)
requests = sa.table(
    "requests", sa.column("id"), sa.column("reference"), sa.column("filing_key"), sa.column("seal")
)
events = sa.table(
    "events",
    *(
        sa.column(name)
        for name in (
            "id",
            "request_id",
            "number",
            "ending_id",
            "action",
            "actor",
            "person_id",
            "from_state",
            "to_state",
            "why",
            "digest",
            "previous_hash",
            "hash",
        )
    ),
    sa.column("at", INSTANT),
)


def upgrade():
    _new_tables()
    op.get_bind().execute(
        sa.insert(holds).from_select(
            ["company_id", "reason", "set_at"],
            sa.select(
                companies.c.id,
                sa.literal(HELD_BEFORE),
                sa.literal(datetime.datetime.now(datetime.UTC), INSTANT),
            ).where(companies.c.on_hold),
        )
    )
    with op.batch_alter_table("companies") as table:
        table.drop_column("on_hold")
    with op.batch_alter_table("requests") as table:
        table.add_column(sa.Column("erased_at", INSTANT))
        table.create_index("ix_requests_tax_number", ["tax_number"])
    with op.batch_alter_table("endings") as table:
        table.alter_column("subscription_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("product", sa.String(80), nullable=False, server_default=""))
        table.add_column(sa.Column("contract", sa.String(20), nullable=False, server_default=""))
        table.add_column(sa.Column("term_months", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("price_cents", sa.Integer(), nullable=False, server_default="0"))
    for name in ("product", "contract", "term_months", "price_cents"):
        op.execute(
            f"UPDATE endings SET {name} ="
            f" (SELECT {name} FROM subscriptions WHERE subscriptions.id = endings.subscription_id)"
        )
    with op.batch_alter_table("endings") as table:
        for name in ("product", "contract", "term_months", "price_cents"):
            table.alter_column(name, server_default=None)
        table.create_index("ix_endings_deletion", ["state", "deletes_at"])
    with op.batch_alter_table("messages") as table:
        table.alter_column("request_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("ending_id", sa.Integer()))
        table.add_column(sa.Column("company_id", sa.Integer()))
        table.add_column(sa.Column("calendar", sa.Text()))
        table.add_column(sa.Column("document_id", sa.Integer()))
        table.add_column(sa.Column("erased_at", INSTANT))
        table.add_column(sa.Column("sha256", sa.String(64)))
        table.create_foreign_key("fk_messages_ending_id", "endings", ["ending_id"], ["id"])
        table.create_foreign_key("fk_messages_company_id", "companies", ["company_id"], ["id"])
        table.create_foreign_key("fk_messages_document_id", "documents", ["document_id"], ["id"])
        table.create_index("ix_messages_company_id", ["company_id"])
    with op.batch_alter_table("events") as table:
        table.add_column(sa.Column("digest", sa.String(64), nullable=False, server_default=""))
        table.add_column(sa.Column("call_id", sa.Integer()))
        table.create_foreign_key("fk_events_call_id", "calls", ["call_id"], ["id"])
    with op.batch_alter_table("events") as table:
        table.alter_column("digest", server_default=None)
        table.create_index("ix_events_person_id", ["person_id"])
        table.create_index("ix_events_call_id", ["call_id"])
    _seal(_digested)


def downgrade():
    _seal(_plain)
    with op.batch_alter_table("events") as table:
        table.drop_index("ix_events_call_id")
        table.drop_constraint("fk_events_call_id", type_="foreignkey")
        table.drop_index("ix_events_person_id")
        table.drop_column("call_id")
        table.drop_column("digest")
    op.execute("DELETE FROM attempts WHERE message_id IN (SELECT id FROM messages WHERE request_id IS NULL)")
    op.execute("DELETE FROM messages WHERE request_id IS NULL")
    with op.batch_alter_table("messages") as table:
        table.drop_index("ix_messages_company_id")
        for name in ("document_id", "company_id", "ending_id"):
            table.drop_constraint(f"fk_messages_{name}", type_="foreignkey")
        for name in ("sha256", "erased_at", "document_id", "calendar", "company_id", "ending_id"):
            table.drop_column(name)
        table.alter_column("request_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("endings") as table:
        table.drop_index("ix_endings_deletion")
        for name in ("price_cents", "term_months", "contract", "product"):
            table.drop_column(name)
    with op.batch_alter_table("requests") as table:
        table.drop_index("ix_requests_tax_number")
        table.drop_column("erased_at")
    with op.batch_alter_table("companies") as table:
        table.add_column(
            sa.Column("on_hold", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.get_bind().execute(
        sa.update(companies)
        .values(on_hold=True)
        .where(companies.c.id.in_(sa.select(holds.c.company_id).where(holds.c.released_at.is_(None))))
    )
    for name in (
        "deletions",
        "exports",
        "outgoing_events",
        "sandbox_payments",
        "payments",
        "callbacks",
        "holds",
        "documents",
    ):
        op.drop_table(name)


def _key(table, column, to):
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _new_tables():
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(13), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("ending_id", sa.Integer()),
        sa.Column("language", sa.String(24), nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("facts", sa.JSON()),
        sa.Column("pdf", sa.LargeBinary()),
        sa.Column("sha256", sa.String(64)),
        _key("documents", "request_id", "requests"),
        _key("documents", "ending_id", "endings"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("code", name="uq_documents_code"),
    )
    op.create_index("ix_documents_request_id", "documents", ["request_id"])
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.Column("set_by_id", sa.Integer()),
        sa.Column("ends_at", INSTANT),
        sa.Column("released_at", INSTANT),
        sa.Column("released_by_id", sa.Integer()),
        _key("holds", "company_id", "companies"),
        _key("holds", "set_by_id", "people"),
        _key("holds", "released_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
    )
    op.create_index("ix_holds_company_id", "holds", ["company_id"])
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("language", sa.String(24), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.Column("done_by_id", sa.Integer()),
        _key("callbacks", "desk_id", "desks"),
        _key("callbacks", "company_id", "companies"),
        _key("callbacks", "person_id", "people"),
        _key("callbacks", "done_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
    )
    op.create_index("ix_callbacks_company_id", "callbacks", ["company_id"])
    op.create_index("ix_callbacks_due", "callbacks", ["desk_id", "done_at", "due_at"])
    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("ending_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("ask_at", INSTANT),
        sa.Column("settled_at", INSTANT),
        _key("payments", "subscription_id", "subscriptions"),
        _key("payments", "ending_id", "endings"),
        _key("payments", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sa.UniqueConstraint("key", name="uq_payments_key"),
    )
    for name in ("subscription_id", "ending_id", "state", "ask_at"):
        op.create_index(f"ix_payments_{name}", "payments", [name])
    op.create_table(
        "sandbox_payments",
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("back", sa.String(300), nullable=False),
        sa.Column("outcome", sa.String(24)),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sandbox_payments"),
    )
    op.create_table(
        "outgoing_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("reference", sa.String(9), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outgoing_events"),
    )
    op.create_index("ix_outgoing_events_reference", "outgoing_events", ["reference"])
    op.create_table(
        "exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("claimed_until", INSTANT),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("ready_at", INSTANT),
        sa.Column("expires_at", INSTANT),
        sa.Column("size", sa.Integer()),
        sa.Column("sha256", sa.String(64)),
        sa.Column("content", sa.LargeBinary()),
        _key("exports", "company_id", "companies"),
        _key("exports", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
        sa.UniqueConstraint("key", name="uq_exports_key"),
    )
    op.create_index("ix_exports_company_id", "exports", ["company_id"])
    op.create_index("ix_exports_state", "exports", ["state"])
    op.create_table(
        "deletions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ending_id", sa.Integer(), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.Column("counts", sa.JSON(), nullable=False),
        _key("deletions", "ending_id", "endings"),
        sa.PrimaryKeyConstraint("id", name="pk_deletions"),
        sa.UniqueConstraint("ending_id", name="uq_deletions_ending_id"),
    )


def _seal(content):
    """Seal each whole chain again, by what `content` says that a hash is of."""
    before = _plain if content is _digested else _digested
    connection = op.get_bind()
    for request in connection.execute(sa.select(requests)).all():
        query = sa.select(events).where(events.c.request_id == request.id).order_by(events.c.number)
        chain = connection.execute(query).mappings().all()
        if not _is_whole(request, chain, before):
            continue
        previous = ""
        for number, event in enumerate(chain, start=1):
            digest = _hash((request.filing_key, number, event["person_id"], event["why"]))
            sealed = _hash(content(request, {**event, "previous_hash": previous, "digest": digest}))
            connection.execute(
                sa.update(events)
                .where(events.c.id == event["id"])
                .values(previous_hash=previous, digest=digest, hash=sealed)
            )
            previous = sealed
        connection.execute(
            sa.update(requests).where(requests.c.id == request.id).values(seal=previous)
        )


def _is_whole(request, chain, content):
    previous = ""
    for number, event in enumerate(chain, start=1):
        found = (event["number"], event["previous_hash"], event["hash"])
        if found != (number, previous, _hash(content(request, event))):
            return False
        previous = event["hash"]
    return previous == request.seal


def _plain(request, event):
    return (
        event["previous_hash"],
        request.reference,
        event["number"],
        event["ending_id"],
        _written(event["at"]),
        event["action"],
        event["actor"],
        event["person_id"],
        event["from_state"],
        event["to_state"],
        event["why"],
    )


def _digested(request, event):
    return (
        event["previous_hash"],
        request.reference,
        event["number"],
        event["ending_id"],
        _written(event["at"]),
        event["action"],
        event["actor"],
        event["from_state"],
        event["to_state"],
        event["digest"],
    )


def _written(at):
    aware = at.replace(tzinfo=datetime.UTC) if at.tzinfo is None else at
    return aware.astimezone(datetime.UTC).isoformat()


def _hash(parts):
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()
