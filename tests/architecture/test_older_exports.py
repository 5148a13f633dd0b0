"""What was collected before its content lay in pieces is still there afterwards."""

from io import BytesIO
from random import Random
from uuid import uuid4

from alembic import command
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from helpdesk import schema
from helpdesk.directory.models import Company
from helpdesk.queue import export_content
from helpdesk.queue.export_content import PIECE
from helpdesk.queue.records import Export
from helpdesk.rules.vocabulary import ExportState
from helpdesk.settings import Settings
from tests.builders import A_MONDAY


def test_an_archive_is_the_same_after_going_down_and_up(
    settings: Settings, session: Session, company: Company
) -> None:
    """It lies in pieces of a megabyte, and lay in one."""
    archive = Random(7).randbytes(2 * PIECE + 5)
    for content in (archive, b"short"):
        export = Export(
            key=str(uuid4()), company_id=company.id, state=ExportState.READY, asked_at=A_MONDAY
        )
        session.add(export)
        session.flush()
        export_content.write(session, export.id, BytesIO(content))
    session.commit()
    database = schema.config(settings.database_url)

    command.downgrade(database, "0004")
    with session.begin():
        lain = session.scalars(text("SELECT content FROM exports ORDER BY id")).all()
    schema.upgrade(settings.database_url)

    numbers = session.scalars(select(Export.id).order_by(Export.id)).all()
    assert [bytes(one) for one in lain] == [archive, b"short"]
    assert [len([*export_content.pieces(session, one)]) for one in numbers] == [3, 1]
    assert b"".join(export_content.pieces(session, numbers[0])) == archive
