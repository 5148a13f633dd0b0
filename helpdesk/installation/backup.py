"""Save an installation to one file while it works, and put it back: whole, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from helpdesk import schema
from helpdesk.installation import Refused, places, postgres_tools, sqlite_files, unfinished
from helpdesk.installation.tables import all_tables, holds_anything
from helpdesk.installation.whole_files import whole
from helpdesk.queue import events


@dataclass(frozen=True, slots=True)
class Restored:
    """What stands in a restored database, and what its chains of events say."""

    rows: dict[str, int]
    broken: Sequence[tuple[str, int]]


def back_up(url: str, file: Path, progress: Progress) -> None:
    """Save the installation at an address to a new file; raises Refused, and leaves none then."""
    if file.exists():
        raise Refused(f"{file} is there already: name a new file.")
    places.must_exist(url)
    with places.opened(url) as engine, engine.connect() as connection:
        unfinished.refuse(connection)
        if schema.revision(connection) is None:
            raise Refused(f"There is no installation at {places.named(url)}.")
    with whole(file) as part:
        if database := places.file_of(url):
            _copy_file(database, part, progress)
        else:
            progress.add_task("Saving", total=None)
            postgres_tools.save(url, part)


def restore(file: Path, url: str, progress: Progress, *, replace: bool = False) -> Restored:
    """Put what a file holds in the place of an empty database, or with `replace` of any of ours.

    Raises Refused, and changes nothing then.
    """
    with file.open("rb") as opened:
        start = opened.read(len(sqlite_files.HEADER))
    database = places.file_of(url)
    expected = sqlite_files.HEADER if database else postgres_tools.HEADER
    if not start.startswith(expected):
        raise Refused(f"{file} is no backup of a database of this kind, or is damaged.")
    is_used = _must_make_room(url, replace=replace)
    if database:
        _put_file(file, database, progress)
    else:
        progress.add_task("Restoring", total=None)
        _must_know(postgres_tools.revision(file))
        postgres_tools.put_back(file, url, clear=is_used)
        schema.upgrade(url)
    return _found(url)


def _copy_file(source: Path, to: Path, progress: Progress) -> None:
    bar = progress.add_task("Pages", total=None)
    sqlite_files.save(
        source, to, lambda done, total: progress.update(bar, completed=done, total=total)
    )


def _put_file(file: Path, database: Path, progress: Progress) -> None:
    """Make the database beside, bring it to the current schema, and put it in its place."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with whole(database) as part:
        _copy_file(file, part, progress)
        with places.opened(f"sqlite:///{part}") as engine, engine.connect() as connection:
            _must_know(schema.revision(connection))
        schema.upgrade(f"sqlite:///{part}")
        sqlite_files.close_for_good(database)


def _must_know(revision: str | None) -> None:
    if revision not in schema.known():
        raise Refused("This is a backup of a later version, or of something else.")


def _must_make_room(url: str, *, replace: bool) -> bool:
    """Refuse to write over what is no installation, or over one that nobody gave away.

    Returns whether there is anything in the way.
    """
    file = places.file_of(url)
    if file and not file.exists():
        return False
    with places.opened(url) as engine, engine.connect() as connection:
        is_ours = schema.revision(connection) is not None
        if not is_ours and inspect(connection).get_table_names():
            raise Refused("The database holds tables of something else.")
        if not replace and holds_anything(connection):
            raise Refused("The database holds an installation: --replace gives it up.")
    return is_ours


def _found(url: str) -> Restored:
    with places.opened(url) as engine, Session(engine) as session:
        counts = {one.name: select(func.count()).select_from(one) for one in all_tables()}
        rows = {name: session.scalar(count) or 0 for name, count in counts.items()}
        return Restored(rows, [*events.broken(session)])
