"""Move an installation from one database to another, of either kind, and prove that it is whole.

The source is read from one moment, and compared with the target from a later one: what was written
in between shows. A target is marked while it is copied into, so a copy that was cut is known, and
the next one goes on where it was.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from alembic.util import CommandError
from rich.progress import Progress
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import IntegrityError

from helpdesk import schema
from helpdesk.database import one_moment
from helpdesk.installation import Refused, comparing, filling, places, unfinished
from helpdesk.installation.comparing import Compared
from helpdesk.installation.tables import all_tables, holds_anything

COPYING = 4_215_002
"""The number under which a copy holds the advisory lock of a PostgreSQL that it writes into."""


def copy(source_url: str, target_url: str, progress: Progress) -> Sequence[Compared]:
    """Copy everything; returns what the tables hold on both sides, the same when all is well.

    Raises Refused before it writes anything. What differs at the end was written to meanwhile: the
    target stays marked as unfinished then.
    """
    places.must_exist(source_url)
    with places.opened(source_url) as source, places.opened(target_url) as target:
        _check_source(source)
        if places.are_one(source, target):
            raise Refused("Source and target are the same database.")
        goes_on = _begin(target, target_url)
        with _alone(target) as writing:
            compared = _copied(source, writing, progress, goes_on=goes_on)
            if all(one.is_same for one in compared):
                with writing.begin():
                    unfinished.unmark(writing)
    return compared


def _check_source(source: Engine) -> None:
    with source.connect() as reading:
        unfinished.refuse(reading)
        at, newest = schema.revision(reading), schema.newest()
    if at != newest:
        raise Refused(
            f"The source is at migration {at or 'none'}, not at {newest}:"
            " start this version on it once, then copy."
        )


def _begin(target: Engine, url: str) -> bool:
    """Mark the target, and bring it to the current schema; tells whether a copy was cut there."""
    with target.connect() as connection:
        goes_on = unfinished.is_marked(connection)
        if not goes_on and holds_anything(connection):
            raise Refused("The target holds the data of an installation: name an empty database.")
        connection.rollback()
        if not goes_on:
            with connection.begin():
                unfinished.mark(connection)
    try:
        schema.upgrade(url)
    except CommandError:
        raise Refused("The target was made by a later version: name an empty database.") from None
    return goes_on


@contextmanager
def _alone(target: Engine) -> Iterator[Connection]:
    """Open the target for this copy alone."""
    with target.connect().execution_options(helpdesk_writes=True) as writing:
        if target.dialect.name == "sqlite":
            _pragma(writing, "locking_mode=EXCLUSIVE")
        else:
            with writing.begin():
                if not writing.scalar(select(func.pg_try_advisory_lock(COPYING))):
                    raise Refused("Another copy into this database is at work.")
        try:
            yield writing
        finally:
            writing.invalidate()  # What was set for this connection goes with it.


def _pragma(connection: Connection, pragma: str) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _copied(
    source: Engine, writing: Connection, progress: Progress, *, goes_on: bool
) -> Sequence[Compared]:
    """Copy and compare; when what was there already does not fit any more, begin again."""
    if goes_on:
        try:
            compared = _once(source, writing, progress)
        except IntegrityError:
            writing.rollback()
        else:
            if all(one.is_same for one in compared):
                return compared
    filling.empty(writing)
    return _once(source, writing, progress)


def _once(source: Engine, writing: Connection, progress: Progress) -> Sequence[Compared]:
    with one_moment(source) as reading:
        tables = all_tables()
        total = sum(reading.scalar(select(func.count()).select_from(one)) or 0 for one in tables)
        bar = progress.add_task("Copying", total=total)
        filling.fill(reading, writing, lambda rows: progress.advance(bar, rows))
    with one_moment(source) as reading, writing.begin():
        return comparing.compare(reading, writing, progress)
