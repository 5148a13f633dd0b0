"""What becomes of each column when the data of a company is deleted (rules §5).

Every column of every table stands here once: it goes with its row, is emptied, or stays as the
proof without persons. A test refuses a column that nobody classified, and one that
`docs/personal-data.md` tells otherwise.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session, object_mapper, selectinload

from helpdesk.database import Model
from helpdesk.desk.models import Call, Callback, CallDraft, Desk, DeskClosure, HoursVersion
from helpdesk.directory.models import Company, Hold, Person, Subscription, TermsVersion
from helpdesk.documents.models import Document
from helpdesk.messages.faults import ERASED
from helpdesk.messages.models import Attempt, Message
from helpdesk.messages.shelf import AGAIN
from helpdesk.payments.models import Payment, SandboxPayment
from helpdesk.queue.models import Deletion, Ending, Event, Pass, Request, Review
from helpdesk.queue.records import Export, ExportPiece, OutgoingEvent
from helpdesk.rules.vocabulary import Action, MessageKind, MessageState

CONTRACTS_KEPT = timedelta(days=30)
"""How long the outgoing events of deleted data still name its contract: the service has to find
what it deletes on its side."""
LAST_MESSAGE_KEPT = timedelta(days=7)
"""How long the message that says so may wait to be sent; its address goes with it then."""
LOOK_AGAIN = timedelta(minutes=10)


class Fate(StrEnum):
    """What becomes of a column."""

    KEPT = "kept"
    ERASED = "erased"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Table:
    """What becomes of a table’s rows: all of a row goes, or some columns are emptied.

    `erased` has what stands in each of those afterwards, or what makes it.
    """

    kept: frozenset[str] = frozenset()
    erased: Mapping[str, object] = field(default_factory=dict)
    goes: bool = False

    def fate(self, column: str) -> Fate | None:
        """Return what becomes of a column; None for one that nobody classified."""
        if self.goes:
            return Fate.DELETED
        if column in self.erased:
            return Fate.ERASED
        return Fate.KEPT if column in self.kept else None


def _fresh() -> str:
    return str(uuid4())


def _some(kept: str, **erased: object) -> Table:
    return Table(frozenset(kept.split()), erased)


_ALL_GOES = Table(goes=True)

TABLES: Mapping[type[Model], Table] = {
    Company: _ALL_GOES,
    Person: _ALL_GOES,
    Subscription: _ALL_GOES,
    Hold: _ALL_GOES,
    Payment: _ALL_GOES,
    SandboxPayment: _ALL_GOES,
    Export: _ALL_GOES,
    ExportPiece: _ALL_GOES,
    Callback: _ALL_GOES,
    CallDraft: _ALL_GOES,
    Request: _some(
        "id version kind reference channel state filed_at due_at seal country language authority"
        " reason linked_to_id erased_at",
        filing_key=_fresh,
        failure=None,
        company_id=None,
        company_name="",
        tax_number="",
        person_id=None,
        requester_name="",
        email="",
        phone=None,
        reason_text="",
        asked="",
        contracts="",
        call_id=None,
        search_words="",
    ),
    Ending: _some(
        "id request_id product term_months price_cents terms_version_id state zone requested_on"
        " notice_ends_on effective_on last_access_on access_ends_at deleted_on deletes_at steps"
        " done_until",
        subscription_id=None,
        contract="",
    ),
    Event: _some(
        "id request_id number ending_id at action actor from_state to_state digest"
        " previous_hash hash",
        person_id=None,
        call_id=None,
        why="",
    ),
    Message: _some(
        "id request_id ending_id kind language document_id message_id state created_at due_at"
        " sent_at erased_at sha256",
        key=_fresh,
        company_id=None,
        recipient="",
        letter=None,
        subject="",
        text="",
        html="",
        calendar=None,
    ),
    Attempt: _some("id message_id at", error=ERASED),
    Document: _some(
        "id code kind request_id ending_id language issued_at sha256", facts=None, pdf=None
    ),
    Call: _some(
        "id desk_id hours_version_id agent_id started_at seconds out_of_hours disposition",
        key=_fresh,
        company_id=None,
        caller_number=None,
        caller_name="",
        notes="",
    ),
    OutgoingEvent: _some("id at kind reference", payload=dict),
    Deletion: _some("id ending_id began_at due_at done_at counts"),
    Review: _some("id request_id reason opened_at settled_at"),
    Pass: _some("id began_at ended_at done ahead ahead_until"),
    TermsVersion: _some("id name valid_from notice_days retention_months"),
    Desk: _some("id code name phone zone"),
    HoursVersion: _some("id desk_id valid_from seasons"),
    DeskClosure: _some("id desk_id closed_on name starts ends is_removed"),
}
"""Of those whose rows go, only the rows of the company; people of ours stay."""


def erase(row: Model) -> None:
    """Empty what is personal in a row that stays."""
    mapper = object_mapper(row)
    for name, left in TABLES[type(row)].erased.items():
        attribute = mapper.get_property_by_column(mapper.local_table.c[name]).key
        setattr(row, attribute, left() if callable(left) else left)


def erase_request(request: Request, at: datetime) -> None:
    """Empty a request with its endings and events: what stays is the proof without persons.

    It becomes due at once, for what has to wait (`close`).
    """
    for ending in request.endings:
        erase(ending)
    for event in request.events:
        certificate = event.why if event.action is Action.PURGE else ""
        erase(event)
        event.why = certificate
    erase(request)
    request.erased_at = request.due_at = at


def erase_message(message: Message, at: datetime) -> None:
    """Empty a message; the hash of its words stays. One that waits is not sent any more.

    What was never sent is put into words for its hash alone.
    """
    words = (message.subject, message.text, message.html)
    message.sha256 = hashlib.sha256(json.dumps(words).encode()).hexdigest()
    if message.state is MessageState.WAITING:
        message.state = MessageState.CANCELLED
    for attempt in message.attempts:
        if attempt.error not in {"", AGAIN}:
            erase(attempt)
    erase(message)
    message.erased_at = at


def forget_person(person: Person) -> None:
    """Empty a person whose number something that stays still names."""
    person.name, person.phone, person.password_hash = "", None, None
    person.email = f"erased-{person.id}@invalid"
    person.company_id, person.session_key = None, uuid4().hex


def may_go(message: Message, at: datetime) -> bool:
    """Tell whether a message may be emptied: the one that tells of the deletion goes out first."""
    waits = message.kind is MessageKind.DELETION_DONE and message.state is MessageState.WAITING
    return not waits or message.created_at <= at - LAST_MESSAGE_KEPT


def close(session: Session, requests: Sequence[Request], at: datetime) -> None:
    """Empty what could not go with its request, and set when to look again; never at the end.

    That is the last message, until it is out, and the contract in the outgoing events, until the
    service has had time to read them.
    """
    if not requests:
        return
    left = select(Message).where(
        Message.request_id.in_([one.id for one in requests]), Message.erased_at.is_(None)
    )
    waiting = set()
    for message in session.scalars(left.options(selectinload(Message.attempts))):
        if may_go(message, at):
            erase_message(message, at)
        else:
            waiting.add(message.request_id)
    _forget_contracts(session, [one for one in requests if at >= _forgets_at(one, at)])
    for request in requests:
        forgets_at = _forgets_at(request, at)
        request.failure = None
        request.due_at = forgets_at if at < forgets_at else None
        if request.id in waiting:
            request.due_at = at + LOOK_AGAIN


def _forget_contracts(session: Session, requests: Sequence[Request]) -> None:
    told = OutgoingEvent.reference.in_([one.reference for one in requests])
    for event in session.scalars(select(OutgoingEvent).where(told)) if requests else ():
        erase(event)


def _forgets_at(request: Request, at: datetime) -> datetime:
    return (request.erased_at or at) + CONTRACTS_KEPT
