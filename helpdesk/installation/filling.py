"""Write the rows of one database into another: table by table, a transaction for each batch.

What is there already is not written again, so a copy that was cut goes on after its last row.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from helpdesk import tallies
from helpdesk.installation.tables import Rows, all_tables, batches, is_numbered, pointing_ahead

Advance = Callable[[int], None]


def empty(target: Connection) -> None:
    """Remove every row."""
    with target.begin():
        for table in reversed(all_tables()):
            if ahead := pointing_ahead(table):
                target.execute(update(table).values(dict.fromkeys(ahead)))
            target.execute(delete(table))


def fill(source: Connection, target: Connection, advance: Advance) -> None:
    """Write all rows that are not there yet; `advance` is told how many, batch by batch."""
    for table in all_tables():
        where, there = _left(target, table)
        advance(there)
        for rows in batches(source, table, *where):
            with target.begin():
                _write(target, table, rows)
            advance(len(rows))
    for table in all_tables():
        for column in pointing_ahead(table):
            _point(source, target, table, column.name)
    if target.dialect.name == "postgresql":
        _count_on(target)


def _left(target: Connection, table: Table) -> tuple[Sequence[ColumnElement[bool]], int]:
    """Return which rows of a table are still to be written, and how many are there already."""
    with target.begin():
        if not is_numbered(table):  # Few, and nothing points at them: these begin again.
            target.execute(delete(table))
            return (), 0
        keys = [*table.primary_key]
        last = target.execute(
            select(*keys).order_by(*(key.desc() for key in keys)).limit(1)
        ).first()
        if last is None:
            return (), 0
        there = target.scalar(select(func.count()).select_from(table)) or 0
    return (tuple_(*keys) > tuple_(*last),), there


def _write(target: Connection, table: Table, rows: Rows) -> None:
    ahead = {column.name: None for column in pointing_ahead(table)}
    values = [{**row._mapping, **ahead} for row in rows]  # noqa: SLF001 (SQLAlchemy's public word)
    target.execute(insert(table), values)


def _point(source: Connection, target: Connection, table: Table, name: str) -> None:
    """Let rows point at others, now that all are there."""
    (key,), column = table.primary_key, table.c[name]
    pointed = update(table).where(key == bindparam("its_key")).values({name: bindparam("to")})
    for rows in batches(source, table, column.is_not(None)):
        values = [{"its_key": row._mapping[key.name], "to": row._mapping[name]} for row in rows]  # noqa: SLF001
        with target.begin():
            target.execute(pointed, values)


def _count_on(target: Connection) -> None:
    """Let PostgreSQL give numbers after the last one, add up counts, know how large tables are."""
    with target.begin():
        tallies.fold(Session(target))
        for table in all_tables():
            if (key := table.autoincrement_column) is not None:
                sequence = func.pg_get_serial_sequence(table.name, key.name)
                target.execute(select(func.setval(sequence, func.max(key))).select_from(table))
        target.exec_driver_sql("ANALYZE")
