"""Every table of an installation, as its rows are moved: in order, with words as plain text.

Only what the models declare: what a database derives from it by triggers fills itself.
"""

from collections.abc import Iterator, Sequence
from functools import cache

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    inspect,
    select,
)

from helpdesk.database import Base, CountryCode, Word
from helpdesk.messages import models as messages
from helpdesk.payments import models as payments
from helpdesk.queue import models, records

DECLARED = messages, payments, models, records
"""Where tables are declared: with these all of them are known."""

Rows = Sequence[Row[tuple[object, ...]]]

SEEDED = frozenset({"terms_versions", "desks", "hours_versions"})
"""The tables of which the migrations write the first rows."""
TRACELESS = SEEDED | {"passes"}
"""The tables whose rows do not yet make an installation."""
ROWS, HEAVY_ROWS = 1000, 32
"""How many rows are in memory at once; fewer of those that hold files."""


@cache
def all_tables() -> Sequence[Table]:
    """Return the tables, each after those that its rows point at."""
    plain = MetaData()
    for table in Base.metadata.sorted_tables:
        for column in table.to_metadata(plain).columns:
            if isinstance(column.type, Word | CountryCode):
                column.type = String()  # A word that this version does not know is moved too.
            elif isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)
    return plain.sorted_tables


def at_once(table: Table) -> int:
    """Return how many rows of a table are held in memory at once."""
    is_heavy = any(isinstance(column.type, LargeBinary) for column in table.columns)
    return HEAVY_ROWS if is_heavy else ROWS


def pointing_ahead(table: Table) -> list[Column[int]]:
    """Return the columns that may point at a row which is written later."""
    order = {one.name: place for place, one in enumerate(all_tables())}
    return [
        key.parent
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if order[key.column.table.name] >= order[table.name]
    ]


def is_numbered(table: Table) -> bool:
    """Tell whether the rows have numbers for keys, which every database sorts alike."""
    return all(isinstance(column.type, Integer) for column in table.primary_key)


def holds_anything(connection: Connection) -> bool:
    """Tell whether a database holds more than the migrations leave in it."""
    there = set(inspect(connection).get_table_names())
    return any(
        connection.execute(select(1).select_from(table).limit(1)).first() is not None
        for table in all_tables()
        if table.name in there - TRACELESS
    )


def batches(connection: Connection, table: Table, *where: ColumnElement[bool]) -> Iterator[Rows]:
    """Yield the rows of a table in the order of their keys, so many at once."""
    query = select(table).where(*where).order_by(*table.primary_key)
    options = {"stream_results": True, "yield_per": at_once(table)}
    return connection.execute(query, execution_options=options).partitions()
