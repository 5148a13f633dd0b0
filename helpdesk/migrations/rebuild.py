"""Change a table that has triggers: SQLite makes it anew, and they would go with the old one."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from alembic.operations import BatchOperations
from sqlalchemy import text

TRIGGERS = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")


@contextmanager
def rebuilt(table: str) -> Iterator[BatchOperations]:
    """Batch-alter a table (`op.batch_alter_table`), and leave it the triggers that it had."""
    database = op.get_bind()
    is_sqlite = database.dialect.name == "sqlite"
    kept = database.scalars(TRIGGERS, {"table": table}).all() if is_sqlite else ()
    with op.batch_alter_table(table) as batch:
        yield batch
    for trigger in kept:
        database.exec_driver_sql(trigger)
