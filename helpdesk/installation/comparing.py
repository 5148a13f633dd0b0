"""Whether two databases hold the same: the rows of each table counted, and a checksum of them.

The checksum is made of values as every database gives them: instants in UTC, JSON with its names
in order, bytes by their hash. The order of the rows does not matter, as no two databases agree
on how words are sorted.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from rich.progress import Progress
from sqlalchemy import Connection, Table

from helpdesk.installation.tables import all_tables, batches

_ALL = 1 << 256


@dataclass(frozen=True, slots=True)
class Sum:
    """What a table holds: how many rows, and their checksum."""

    rows: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One table in two databases."""

    table: str
    left: Sum
    right: Sum

    @property
    def is_same(self) -> bool:
        """Whether both hold the same rows."""
        return self.left == self.right


def compare(left: Connection, right: Connection, progress: Progress) -> Sequence[Compared]:
    """Compare every table of two databases."""
    tables = all_tables()
    bar = progress.add_task("Comparing", total=len(tables))
    found = []
    for table in tables:
        found.append(Compared(table.name, sum_of(left, table), sum_of(right, table)))
        progress.advance(bar)
    return found


def sum_of(connection: Connection, table: Table) -> Sum:
    """Return the count and the checksum of a table's rows."""
    count = total = 0
    for rows in batches(connection, table):
        for row in rows:
            total += int.from_bytes(hashlib.sha256(_canonical(row)).digest())
        count += len(rows)
    return Sum(count, f"{total % _ALL:064x}")


def _canonical(row: Sequence[object]) -> bytes:
    text = json.dumps([*row], ensure_ascii=False, sort_keys=True, default=_plain)
    return text.encode()


def _plain(value: object) -> str:
    """Return what JSON has no word for."""
    if isinstance(value, date | time):  # An instant too: in UTC, as our columns give it.
        return value.isoformat()
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    raise TypeError(f"A {type(value).__name__} is not compared.")
