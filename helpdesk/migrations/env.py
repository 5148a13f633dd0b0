"""Alembic's entry: one connection, batch mode where SQLite needs it."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, create_engine

import helpdesk.messages.models
import helpdesk.payments.models
import helpdesk.queue.models
import helpdesk.queue.records  # noqa: F401 (every table must be known to the metadata)
from helpdesk.database import DERIVED, Base, UtcDateTime, Word, prepare
from helpdesk.settings import Settings

MIGRATING = 4_215_001
"""The number under which migrations hold PostgreSQL's advisory lock."""


def plain_type(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write our column types as plain ones: a migration must not depend on today's code."""
    if kind == "type" and isinstance(item, Word):
        return "sa.String(24)"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the tables that triggers feed: no model has them."""
    return not (kind == "table" and name and name.startswith(DERIVED))


def _leave_references(connection: Connection) -> None:
    """Let SQLite rebuild a table that others point at; it must be told outside a transaction."""
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.close()


def _take_turns(connection: Connection) -> None:
    """Let the second of two that start at once wait; SQLite's own transaction does it already."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")


def run() -> None:
    """Run the migrations on the database that was named, or on the environment's."""
    url = context.config.attributes.get("database_url")
    if url is None:
        url = Settings.from_environment().database_url
    engine = create_engine(url)
    prepare(engine)
    with engine.connect() as connection:
        _leave_references(connection)
        context.configure(
            # Two that start at once: the second waits, then finds nothing left to do.
            connection=connection.execution_options(helpdesk_writes=True),
            transactional_ddl=True,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=plain_type,
            include_name=is_ours,
        )
        with context.begin_transaction():
            _take_turns(connection)
            context.run_migrations()
            if connection.dialect.name == "sqlite" and (
                broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            ):
                raise RuntimeError(f"The migration would leave a row that points nowhere: {broken}")
    engine.dispose()


run()
