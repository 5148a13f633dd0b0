"""Save and put back an installation on SQLite, by SQLite's own means."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from helpdesk.installation import Refused

HEADER = b"SQLite format 3\0"
PAGES = 2000
"""How many pages are copied between two looks at how far it is."""

Watch = Callable[[int, int], None]
"""Is told how many pages are done, and how many there are."""


def save(source: Path, to: Path, watch: Watch) -> None:
    """Copy a database as it is at one moment, while others go on writing; then check the copy.

    Raises Refused when it is damaged, or when there is no room for the copy.
    """
    try:
        _save(source, to, watch)
    except sqlite3.DatabaseError as refused:
        raise Refused(f"The database cannot be copied: {refused}.") from None


def _save(source: Path, to: Path, watch: Watch) -> None:
    with (
        closing(sqlite3.connect(source, isolation_level=None)) as live,
        closing(sqlite3.connect(to, isolation_level=None)) as saved,
    ):
        live.execute("BEGIN")  # Without it each writer would make the copy begin again.
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()
        live.backup(
            saved, pages=PAGES, progress=lambda _status, left, total: watch(total - left, total)
        )
        saved.execute("PRAGMA journal_mode=DELETE")  # One file, with no other beside it.
        _check(saved)


def _check(database: sqlite3.Connection) -> None:
    found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    lost = database.execute("PRAGMA foreign_key_check").fetchone()
    if found != "ok" or lost:
        what = found if found != "ok" else f"a row of {lost[0]} points nowhere"
        raise Refused(f"The database is damaged ({what}): go back to an earlier backup.")


def close_for_good(file: Path) -> None:
    """Bring all that a database has into its one file, so that another may take its place.

    Raises Refused while somebody else works on it.
    """
    if not file.exists():
        return
    with closing(sqlite3.connect(file, timeout=1, isolation_level=None)) as database:
        try:
            database.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            raise Refused(f"{file} is in use: stop what works on it first.") from None
