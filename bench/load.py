"""Fill a database fast: rows by COPY from every core, then the indexes as the migrations have them.

References are not checked while rows come, since they fit together by construction; the schema
ends exactly as it began.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import psycopg
from psycopg import sql

from bench.cluster import connect, number
from bench.crowd import Due, Shard
from bench.customers import staff
from bench.papers import Rows
from bench.rows import Copier
from helpdesk import schema

SHARD = 4000
AT_ONCE = 2000
QUIET = 0.2
"""For each request, so many customers who never wrote to us."""
Advance = Callable[[str, int, int], None]
"""Told of what is being done, how far it is, and of how much."""

INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid), k.conname, pg_get_constraintdef(k.oid),
           t.relname
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_class t ON t.oid = i.indrelid
    LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
    WHERE t.relnamespace = 'public'::regnamespace AND NOT i.indisprimary
    ORDER BY t.relname, c.relname
"""
SEQUENCES = """
    SELECT table_name, pg_get_serial_sequence(table_name, 'id') FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name = 'id' AND column_default LIKE 'nextval%'
"""
TRIGGERS = """
    SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger WHERE NOT tgisinternal
"""
FREE = """
    SELECT 1 + greatest(
        (SELECT max(id) FROM companies), (SELECT max(id) FROM requests),
        (SELECT max(id) FROM subscriptions) / 2, (SELECT max(id) FROM endings) / 2,
        (SELECT max(id) FROM people) / 2, (SELECT max(id) FROM reviews),
        (SELECT max(id) FROM events) / 16, (SELECT max(id) FROM messages) / 16,
        (SELECT max(id) FROM documents) / 8, (SELECT max(id) FROM outgoing_events) / 8)
"""
"""The first number of a customer whose rows would not meet any others: `chain.ROOM` is 16,
`papers.FEWER` 8."""


class Source(Protocol):
    """A part of the crowd that one process writes down."""

    @property
    def first(self) -> int:
        """Its first number."""

    @property
    def last(self) -> int:
        """The number after its last."""

    def rows(self) -> Iterable[Rows]:
        """Return the rows of each customer."""


@dataclass(frozen=True, slots=True)
class Index:
    """An index or a unique constraint: how it is dropped and how it is made again."""

    name: str
    drop: str
    make: str


def fill(url: str, size: int, now: datetime, advance: Advance) -> Counter[str]:
    """Migrate an empty database and fill it with so many requests; returns the rows by table."""
    schema.upgrade(url)
    last = int(size * (1 + QUIET)) + 1
    shards = [Shard(first, min(first + SHARD, last), size, now) for first in range(1, last, SHARD)]
    with connect(url) as connection:
        _staff(connection)
        indexes = _indexes(connection)
        for index in indexes:
            connection.execute(index.drop)
        counts = copy(url, shards, advance)
        _made_again(url, indexes, advance)
    return counts


def due(url: str, many: int, now: datetime, advance: Advance) -> tuple[int, int]:
    """Add requests that wait to be confirmed; returns their numbers, from and to before."""
    with connect(url) as connection:
        first = number(connection, FREE)
    step = max(min(SHARD, many // 2), 1)
    parts = [Due(at, min(at + step, first + many), now) for at in range(first, first + many, step)]
    copy(url, parts, advance)
    settle(url)
    return first, first + many


def copy(url: str, parts: Sequence[Source], advance: Advance) -> Counter[str]:
    """Write down the parts of a crowd, as many at once as there are cores; returns the rows."""
    total = sum(part.last - part.first for part in parts)
    done, counts = 0, Counter[str]()
    with _fed(url), ProcessPoolExecutor(os.cpu_count()) as processes:
        running = {processes.submit(_copied, url, part): part for part in parts}
        for future in as_completed(running):
            counts.update(future.result())
            done += running[future].last - running[future].first
            advance("Customers and their requests", done, total)
    return counts


def settle(url: str) -> None:
    """Leave a database as one that has been running: numbers go on, statistics are there."""
    with connect(url) as connection:
        for table, sequence in connection.execute(SEQUENCES).fetchall():
            named = sql.Identifier(str(table))
            query = sql.SQL("SELECT setval({}, coalesce(max(id), 0) + 1, false) FROM {}")
            connection.execute(query.format(sql.Literal(sequence), named))
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def size_of(url: str) -> int:
    """Return the bytes that a database takes on disk."""
    with connect(url) as connection:
        return number(connection, "SELECT pg_database_size(current_database())")


@contextmanager
def _fed(url: str) -> Iterator[None]:
    """Let the triggers that feed derived tables run all the same, a statement at a time."""
    with connect(url) as connection:
        triggers = connection.execute(TRIGGERS).fetchall()
        for table, name in triggers:
            connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
        try:
            yield
        finally:
            for table, name in triggers:
                connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")


def _copied(url: str, part: Source) -> dict[str, int]:
    """Write down one part in a process of its own; returns how many rows of each table."""
    copier = Copier()
    with connect(url, autocommit=False) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        for place, rows in enumerate(part.rows(), start=1):
            for table, row in rows:
                copier.add(table, row)
            if place % AT_ONCE == 0:
                copier.send(connection)
        copier.send(connection)
    return copier.counts


def _staff(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    copier = Copier()
    for row in staff():
        copier.add("people", row)
    copier.send(connection)


def _indexes(connection: psycopg.Connection[tuple[Any, ...]]) -> list[Index]:
    """Return all that must be made again once the rows are there; primary keys stay."""
    found = []
    for name, definition, constraint, words, table in connection.execute(INDEXES).fetchall():
        if constraint:
            drop = f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint}"'
            make = f'ALTER TABLE "{table}" ADD CONSTRAINT "{constraint}" {words}'
        else:
            drop, make = f'DROP INDEX "{name}"', definition
        found.append(Index(name, drop, make))
    return found


def _made_again(url: str, indexes: Sequence[Index], advance: Advance) -> None:
    def make(index: Index) -> None:
        with connect(url) as connection:
            connection.execute(index.make)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for done, _ in enumerate(threads.map(make, indexes), start=1):
            advance("Indexes", done, len(indexes))
