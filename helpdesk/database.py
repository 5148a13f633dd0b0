"""The database: base class, constraint names, aware instants, and the only commit.

SQLite is the embedded default: WAL, `synchronous=FULL`, and `BEGIN IMMEDIATE` for each
transaction that writes, so that two writers queue up instead of failing midway.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from select import POLLIN, poll
from typing import TYPE_CHECKING, Any

import orjson
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    ExceptionContext,
    Index,
    MetaData,
    Select,
    String,
    TypeDecorator,
    event,
    func,
    select,
    text,
)
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session
from typing_extensions import override

from helpdesk import legislations
from helpdesk.rules.vocabulary import Country
from helpdesk.rules.words import indexed

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


DERIVED = ("searchable_", "tallies", "tally_")
"""What the tables begin with that triggers feed from others (migration 0005): no model has them,
and whoever copies rows leaves them out."""


class Base(DeclarativeBase):
    """The base of every table, with constraint names fixed so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: only aware datetimes go in, UTC comes out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs its timezone.")
        return value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """A member of one of the vocabulary's enums, stored as its word."""

    impl = String(24)
    cache_ok = True

    def __init__(self, vocabulary: type[StrEnum]) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    @override
    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.vocabulary(value).value

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.vocabulary(value)


class CountryCode(TypeDecorator[Country]):
    """A country, stored as its code; only one that has a legislation goes in."""

    impl = String(24)
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(legislations.of(value).country)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Country | None:
        return None if value is None else Country(value)


def written(value: object) -> str:
    """Return a value as JSON, as the database keeps it; days and instants as ISO 8601 has them."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


ENGINE_OPTIONS: dict[str, Any] = {
    "json_serializer": written,
    "json_deserializer": orjson.loads,
    "hide_parameters": True,  # An error is logged and kept: never with what people typed.
}

db = SQLAlchemy(model_class=Base, engine_options=ENGINE_OPTIONS)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def partial_index(name: str, *columns: str, where: str) -> Index:
    """Return an index of only those rows that are looked for by it: the others cost nothing."""
    return Index(name, *columns, postgresql_where=text(where), sqlite_where=text(where))


@contextmanager
def transaction(*, keep: bool = True) -> Iterator[Session]:
    """Run one use as one transaction: committed whole at the end, or nothing of it at all.

    What was read before is let go, so that what is read inside is what is being written on. With
    `keep=False` all of it is rolled back at the end: a dry run.
    """
    session = db.session()
    session.rollback()
    session.connection(execution_options={"helpdesk_writes": True})
    try:
        yield session
        if keep:
            session.commit()
    finally:
        session.rollback()  # Nothing is left to roll back after a commit.


def locked(session: Session, query: Select[Any]) -> Sequence[Any]:
    """Return the rows of a query, which nobody else changes until the transaction ends.

    Waits for whoever has them. What was read before is let go, as they may have changed it. Rows
    that only point at these need not wait: they are never deleted but by who has their company.
    """
    return taken(session, locking(query), {})


def locking(query: Select[Any]) -> Select[Any]:
    """Return a query that locks what it finds, to be kept for `taken`."""
    rows = query.column_descriptions[0]["entity"]
    return query.with_for_update(of=rows, key_share=True)


def taken(session: Session, query: Select[Any], given: Mapping[str, Any]) -> Sequence[Any]:
    """Return what a query of `locking` finds with the values it is given, as `locked` does."""
    session.flush()  # What was changed before is not let go.
    session.expire_all()
    return session.scalars(query, given).all()


def settled(engine: Engine, number: InstrumentedAttribute[int]) -> int:
    """Return the last number of a table below which no row will come any more; 0 without any.

    Numbers are given when a row is added, not when it can be seen: who reads on from a number
    would miss what is committed after a later one. So this waits, for a moment, until nobody is in
    the middle of adding to the table. SQLite has one writer at a time.
    """
    table = number.class_.__tablename__
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"LOCK TABLE {table} IN SHARE MODE"))
        return connection.scalar(select(func.max(number))) or 0


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """Open a connection that only reads, and reads all from one moment's state of the database."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        yield connection


def prepare(engine: Engine) -> None:
    """Make an engine behave as this package expects it, whatever its kind."""
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        _prepare_postgresql(engine)


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        # Compiling a plan takes longer than any of our queries.
        connection.autocommit = True
        connection.execute("SET jit = off")
        connection.autocommit = False

    @event.listens_for(engine, "checkout")
    def _checkout(connection: Any, _record: object, _proxy: object) -> None:
        """Leave a connection that the database has left; whoever asks is given a new one.

        A server that is asked nothing says nothing but its farewell, and looking whether there is
        something to read asks nobody.
        """
        if connection.closed or _has_news(connection.fileno()):
            raise DisconnectionError

    @event.listens_for(engine, "handle_error")
    def _handle(context: ExceptionContext) -> None:
        """Leave out of an error what people typed: PostgreSQL repeats it under DETAIL."""
        original, wrapped = context.original_exception, context.sqlalchemy_exception
        said = getattr(getattr(original, "diag", None), "message_primary", None)
        if said:
            whole, original.args = str(original), (said,)
            if wrapped is not None:
                wrapped.args = tuple(str(one).replace(whole, said) for one in wrapped.args)


def _has_news(descriptor: int) -> bool:
    look = poll()
    look.register(descriptor, POLLIN)
    return bool(look.poll(0))


def _prepare_sqlite(engine: Engine) -> None:
    """Make SQLite keep what it accepted and take its write lock at the start of a transaction."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "busy_timeout=15000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
        # The triggers that feed the full-text indexes ask for it.
        connection.create_function("search_terms", 1, indexed, deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("helpdesk_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
