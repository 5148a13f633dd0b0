"""The content of an export in the database: rows of pieces, so that it is never whole in memory."""

from collections.abc import Iterator
from itertools import count
from typing import IO

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from helpdesk.queue.records import Export, ExportPiece
from helpdesk.rules.vocabulary import ExportState

PIECE = 1024 * 1024


def write(session: Session, export_id: int, file: IO[bytes]) -> None:
    """Keep a file as the content of an export, piece by piece."""
    numbers = count(1)
    while content := file.read(PIECE):
        piece = {"export_id": export_id, "number": next(numbers), "content": content}
        session.execute(insert(ExportPiece), piece)


def pieces(session: Session, export_id: int) -> Iterator[bytes]:
    """Yield the content of an export, piece by piece."""
    for number in count(1):
        which = ExportPiece.export_id == export_id, ExportPiece.number == number
        content = session.scalar(select(ExportPiece.content).where(*which))
        if content is None:
            return
        yield content


def remove_expired(session: Session) -> None:
    """Remove the content of every export that has expired."""
    expired = select(Export.id).where(Export.state == ExportState.EXPIRED)
    session.execute(delete(ExportPiece).where(ExportPiece.export_id.in_(expired)))
