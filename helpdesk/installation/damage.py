"""A damaged SQLite file is refused before anything works on it, and before it is written on.

Reading every page takes time with the size: it is done at the start up to a size at which nobody
notices, and for every file by each backup. A file that is cut short or none at all SQLite refuses.
"""

import sqlite3
from contextlib import closing

from helpdesk.installation import Refused, places

CHECKED_BYTES = 64 * 1024 * 1024
"""Up to this size all of it is read at the start: a fifth of a second at most."""


def refuse(url: str) -> None:
    """Refuse to begin with a damaged file."""
    file = places.file_of(url)
    if file is None or not file.exists() or file.stat().st_size > CHECKED_BYTES:
        return
    try:
        with closing(sqlite3.connect(file)) as database:
            found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError:
        return  # It cannot be read now; whoever uses it says why.
    except sqlite3.DatabaseError as said:
        found = str(said)
    if found != "ok":
        raise Refused(f"The database {file} is damaged ({found}): restore a backup.")
