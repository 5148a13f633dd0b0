"""A row that is added once: whoever comes second, by one of its unique keys, finds the first.

Neither a look beforehand nor a savepoint is needed: the statement itself says who came first.
"""

from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, set_committed_value

from helpdesk.database import Model

_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def add(session: Session, row: Model) -> bool:
    """Add a new row at once, with its number; False when one of its unique keys is taken.

    Waits for whoever is adding the same. What hangs on the row is left to the session.
    """
    table = cast("Table", type(row).__table__)
    _complete(row, table)
    held = instance_dict(row)
    values = {one.key: held[one.key] for one in table.columns if not one.primary_key}
    insert = _INSERTS[session.get_bind().dialect.name]
    query = insert(table).on_conflict_do_nothing().returning(table.c.id)
    number = session.scalar(query, values)
    if number is None:
        return False
    set_committed_value(row, "id", number)
    make_transient_to_detached(row)
    session.add(row)
    return True


def _complete(row: Model, table: Table) -> None:
    """Fill in what nobody gave, as the table would: then it need not be read again."""
    for column in table.columns:
        if column.key not in instance_dict(row):
            default = getattr(column.default, "arg", None)
            set_committed_value(row, column.key, default)
