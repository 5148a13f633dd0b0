"""A business with something in every table, and the archive of its export opened."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.desk.models import Callback
from helpdesk.directory.models import Company, Person
from helpdesk.documents.models import Document
from helpdesk.messages.models import Attempt, Message
from helpdesk.payments.models import Payment
from helpdesk.queue import export, export_content
from helpdesk.queue.models import Deletion, Request
from helpdesk.queue.records import Export, OutgoingEvent
from helpdesk.rules.vocabulary import (
    Authority,
    Channel,
    Disposition,
    DocumentKind,
    Language,
    OutgoingKind,
    PaymentState,
)
from tests.builders import A_MONDAY, a_call, a_hold, a_person, a_request, an_agent
from tests.support.documents import facts

A_MINUTE = timedelta(minutes=1)
PDF = b"%PDF-1.7 of the tests"
# A surname of ours that nobody else has.
STAFF = "Gilabert"


@dataclass
class Lived:
    """A business that has gone through everything: its account holder, its one request."""

    company: Company
    holder: Person
    request: Request


def lived(session: Session, company: Company, agent: Person, mark: str) -> Lived:
    """Give a company a row in every table; all that somebody typed there has the mark in it."""
    holder = a_person(session, company, name=f"Inès {mark}")
    call = a_call(
        session,
        agent,
        company_id=company.id,
        caller_name=f"Luc {mark}",
        notes=f"=SUM(A1) {mark}",
        disposition=Disposition.CANCELLATION,
    )
    request = a_request(
        session,
        company,
        channel=Channel.PHONE,
        call_id=call.id,
        person_id=holder.id,
        authority=Authority.NONE,
        requester_name=f"Luc {mark}",
        email=f"{mark.lower()}@people.example",
        reason_text=f"@cher\n« {mark} »",
        asked=f"\t-1+1 {mark}",
    )
    ending = request.endings[0]
    message = request.messages[0]
    session.add_all(
        [
            Attempt(message_id=message.id, at=A_MONDAY, error=f"+550 {mark}"),
            Deletion(ending_id=ending.id, began_at=A_MONDAY, due_at=A_MONDAY, counts={"calls": 1}),
            _document(request, mark),
            OutgoingEvent(
                at=A_MONDAY,
                kind=OutgoingKind.SUBSCRIPTION_ENDING,
                reference=request.reference,
                payload={"contract": ending.contract},
            ),
            Callback(
                desk_id=1,
                company_id=company.id,
                person_id=holder.id,
                phone="+33142000001",
                language=Language.FRENCH,
                asked_at=A_MONDAY,
                due_at=A_MONDAY,
                done_at=A_MONDAY,
                done_by_id=agent.id,
            ),
            Payment(
                key=str(uuid4()),
                subscription_id=ending.subscription_id,
                ending_id=ending.id,
                person_id=holder.id,
                amount_cents=2900,
                state=PaymentState.REFUSED,
                begun_at=A_MONDAY,
            ),
        ]
    )
    a_hold(session, company, set_by_id=agent.id, reason=f"Motif {agent.name}")
    session.flush()
    return Lived(company, holder, request)


def _document(request: Request, mark: str) -> Document:
    said = facts(company_name=mark, requester_name=mark)
    code = uuid4().hex[:13].upper()
    return Document(
        code=code,
        kind=DocumentKind.CONFIRMATION,
        request_id=request.id,
        language=Language.FRENCH,
        issued_at=A_MONDAY,
        facts=said.as_json(),
        pdf=PDF + mark.encode(),
        sha256="0" * 64,
    )


def staff(session: Session) -> Person:
    """Return one of us."""
    return an_agent(session, name=f"Marta {STAFF}")


def asked(company: Company, holder: Person, at: Any = A_MONDAY) -> str:
    """Ask for an export; return its key."""
    company_id, person_id = company.id, holder.id
    with transaction() as session:
        return export.ask(session, company_id, person_id, at).key


def row(session: Session, key: str) -> Export:
    """Return an export as the database has it now."""
    session.rollback()
    return session.scalars(select(Export).where(Export.key == key)).one()


def content(session: Session, key: str) -> bytes:
    """Return the archive of an export as the database has it now."""
    return b"".join(export_content.pieces(session, row(session, key).id))


def told(session: Session) -> list[Message]:
    """Return the messages that say that an export is ready."""
    session.rollback()
    query = select(Message).where(Message.key.startswith("export:")).order_by(Message.id)
    return list(session.scalars(query))


class Opened:
    """The archive of an export, opened."""

    def __init__(self, content: bytes) -> None:
        self.zip = ZipFile(io.BytesIO(content))
        self.manifest: dict[str, Any] = json.loads(self.zip.read("manifest.json"))

    def json(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table as JSON has them."""
        return json.loads(self.zip.read(f"json/{table}.json"))

    def csv(self, table: str) -> list[dict[str, str]]:
        """Return the rows of a table as a spreadsheet reads them."""
        text = self.zip.read(f"csv/{table}.csv").decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def everything(self) -> str:
        """Return all that can be read in any of its files."""
        return "\n".join(
            self.zip.read(name).decode("utf-8", "replace") for name in self.zip.namelist()
        )


def made(session: Session, key: str, at: Any = A_MONDAY) -> Opened:
    """Make what waits, and open the archive of an export."""
    export.make_due(at)
    return Opened(content(session, key))
