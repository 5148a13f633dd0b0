"""The content of an export in the database, read and written a piece at a time.

An archive may be large; through SQLite’s own handle of a blob it is never whole in memory.
"""

import sqlite3
from collections.abc import Iterator
from typing import IO, cast

from sqlalchemy.orm import Session

from helpdesk.queue.records import Export

PIECE = 1024 * 1024


def write(session: Session, number: int, file: IO[bytes]) -> None:
    """Fill the content of an export, which must have the size of the file already."""
    with _blob(session, number, readonly=False) as blob:
        while piece := file.read(PIECE):
            blob.write(piece)


def pieces(session: Session, number: int) -> Iterator[bytes]:
    """Yield the content of an export, piece by piece."""
    with _blob(session, number, readonly=True) as blob:
        while piece := blob.read(PIECE):
            yield piece


def _blob(session: Session, number: int, *, readonly: bool) -> sqlite3.Blob:
    connection = session.connection().connection.driver_connection
    table, column = Export.__tablename__, Export.content.key
    return cast("sqlite3.Connection", connection).blobopen(table, column, number, readonly=readonly)
