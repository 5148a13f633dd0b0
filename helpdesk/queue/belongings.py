"""What of the rows belongs to one subscription, what to its company, and how it goes (rules §5).

The order of the steps is the order in which nothing is left that points at what has gone.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, union, update
from sqlalchemy.orm import Session, selectinload

from helpdesk import fulltext
from helpdesk.desk.models import Call, Callback
from helpdesk.directory.models import Company, Hold, Person, Subscription
from helpdesk.documents.models import Document
from helpdesk.messages.models import Message
from helpdesk.payments.models import Payment, SandboxPayment
from helpdesk.queue import erasure, traces
from helpdesk.queue.models import Ending, Event, Request
from helpdesk.queue.records import Export
from helpdesk.queue.traces import of_company
from helpdesk.rules import lifecycle
from helpdesk.rules.vocabulary import DocumentKind, MessageKind

Counts = Counter[str]


@dataclass(frozen=True, slots=True)
class Whose:
    """Of which ending, subscription and company the rows go, and at which instant.

    The request of the ending goes last: its certificate and its last message are still to come.
    """

    ending: Ending
    company: Company
    at: datetime


Step = Callable[[Session, Whose, int], tuple[str, int]]


def goes_with(session: Session, ending: Ending) -> bool:
    """Tell whether the subscription goes with this ending: no other still ends it."""
    others = select(Ending.id).where(
        Ending.subscription_id == ending.subscription_id,
        Ending.id != ending.id,
        Ending.state.in_(lifecycle.ALIVE),
    )
    return ending.subscription_id is not None and session.scalar(others.limit(1)) is None


def is_last(session: Session, company: Company) -> bool:
    """Tell whether a company has no subscription left, in force or kept."""
    left = select(Subscription.id).where(Subscription.company_id == company.id)
    return session.scalar(left.limit(1)) is None


def take(session: Session, steps: Iterable[Step], whose: Whose, limit: int) -> Counts:
    """Let at most so many rows go, step by step; fewer than that: all of these steps is done."""
    gone: Counts = Counter()
    for step in steps:
        room = limit - gone.total()
        if room <= 0:
            break
        kind, count = step(session, whose, room)
        session.flush()
        if count:
            gone[kind] += count
    return gone


def _sub_messages(session: Session, whose: Whose, limit: int) -> tuple[str, int]:
    about = Message.ending_id.in_(_endings(session, whose))
    return "messages", _empty_messages(session, about, whose.at, limit)


def _sub_documents(session: Session, whose: Whose, limit: int) -> tuple[str, int]:
    about = Document.ending_id.in_(_endings(session, whose))
    return "documents", _empty_documents(session, about, limit)


def _payments(session: Session, whose: Whose, limit: int) -> tuple[str, int]:
    if not goes_with(session, whose.ending):
        return "payments", 0
    query = select(Payment.key).where(Payment.subscription_id == whose.ending.subscription_id)
    keys = session.scalars(query.limit(limit)).all()
    for model in (SandboxPayment, Payment):
        session.execute(delete(model).where(model.key.in_(keys)))
    return "payments", len(keys)


def _exports(session: Session, whose: Whose, limit: int) -> tuple[str, int]:
    """Let the collected data go: what was collected before holds what goes now."""
    return "exports", _delete(session, Export, Export.company_id == whose.company.id, limit)


def _subscription(session: Session, whose: Whose, _limit: int) -> tuple[str, int]:
    number = whose.ending.subscription_id
    if not goes_with(session, whose.ending):
        return "subscriptions", 0
    # Every ending of it keeps what the proof needs: product, term, price.
    session.execute(
        update(Ending).where(Ending.subscription_id == number).values(subscription_id=None)
    )
    session.execute(delete(Subscription).where(Subscription.id == number))
    session.expire(whose.ending)
    return "subscriptions", 1


OF_SUBSCRIPTION: Sequence[Step] = (
    _sub_messages,
    _sub_documents,
    _payments,
    _exports,
    _subscription,
)


def _messages(session: Session, whose: Whose, limit: int) -> tuple[str, int]:
    requests = select(Request.id).where(of_company(whose.company))
    ways = (
        select(Message.id).where(Message.company_id == whose.company.id),
        select(Message.id).where(Message.request_id.in_(requests)),
    )
    return "messages", _empty_messages(session, Message.id.in_(union(*ways)), whose.at, limit)


def _documents(session: Session, whose: Whose, limit: int) -> tuple[str, int]:
    requests = select(Request.id).where(of_company(whose.company))
    return "documents", _empty_documents(session, Document.request_id.in_(requests), limit)


def _calls(session: Session, whose: Whose, limit: int) -> tuple[str, int]:
    company = whose.company
    made = select(Request.call_id).where(of_company(company), Request.call_id.is_not(None))
    undid = select(Event.call_id).join(Request, Event.request_id == Request.id)
    undid = undid.where(of_company(company), Event.call_id.is_not(None))
    says = or_(Call.caller_number.is_not(None), Call.caller_name != "", Call.notes != "")
    nobodys = select(Call.id).where(Call.company_id.is_(None), says)
    ways = (
        select(Call.id).where(Call.company_id == company.id),
        nobodys.where(Call.id.in_(made)),
        nobodys.where(Call.id.in_(undid)),
        nobodys.where(Call.caller_number.in_(traces.phones(session, company))),
    )
    calls = session.scalars(select(Call).where(Call.id.in_(union(*ways))).limit(limit)).all()
    for call in calls:
        erasure.erase(call)
    return "calls", len(calls)


def _drafts(session: Session, whose: Whose, limit: int) -> tuple[str, int]:
    found = traces.drafts(session, whose.company)[:limit]
    for draft in found:
        session.delete(draft)
    return "call_drafts", len(found)


def _callbacks(session: Session, whose: Whose, limit: int) -> tuple[str, int]:
    return "callbacks", _delete(session, Callback, Callback.company_id == whose.company.id, limit)


def _holds(session: Session, whose: Whose, limit: int) -> tuple[str, int]:
    return "holds", _delete(session, Hold, Hold.company_id == whose.company.id, limit)


def _requests(session: Session, whose: Whose, limit: int) -> tuple[str, int]:
    theirs = and_(of_company(whose.company), Request.id != whose.ending.request_id)
    query = select(Request).where(theirs).order_by(Request.id).limit(limit)
    eager = query.options(selectinload(Request.endings), selectinload(Request.events))
    requests = session.scalars(eager).all()
    for request in requests:
        erasure.erase_request(request, whose.at)
    return "requests", len(requests)


def _people(session: Session, whose: Whose, limit: int) -> tuple[str, int]:
    """Let the people go, but for those whom the last request still names."""
    request = whose.ending.request
    named = {request.person_id, *(event.person_id for event in request.events)} - {None}
    query = select(Person).where(
        Person.company_id == whose.company.id, Person.id.not_in([*named, 0])
    )
    return "people", _let_go(session, session.scalars(query.limit(limit)).all())


OF_COMPANY: Sequence[Step] = (
    _messages,
    _documents,
    _calls,
    _drafts,
    _callbacks,
    _exports,
    _holds,
    _requests,
    _people,
)


def count_rest(session: Session, company: Company) -> Counts:
    """Return what `finish` will let go of a company: its last request, its people, itself."""
    people = select(Person.id).where(Person.company_id == company.id)
    return Counter(requests=1, people=len(session.scalars(people).all()), companies=1)


def finish(session: Session, request: Request, company: Company, at: datetime) -> None:
    """Let go what is left of a company, once its certificate is written."""
    erasure.erase_request(request, at)
    session.flush()
    _let_go(session, session.scalars(select(Person).where(Person.company_id == company.id)).all())
    session.flush()
    session.execute(delete(Company).where(Company.id == company.id))
    fulltext.forget(session)


def _endings(session: Session, whose: Whose) -> list[int]:
    """Return the endings whose own messages go: all of the subscription when it goes as well."""
    if not goes_with(session, whose.ending):
        return [whose.ending.id]
    same = Ending.subscription_id == whose.ending.subscription_id
    return [*session.scalars(select(Ending.id).where(same))]


def _empty_messages(session: Session, about: ColumnElement[bool], at: datetime, limit: int) -> int:
    waits = and_(
        Message.kind == MessageKind.DELETION_DONE,
        Message.created_at > at - erasure.LAST_MESSAGE_KEPT,
    )
    query = select(Message).where(about, Message.erased_at.is_(None), ~waits).limit(limit)
    messages = session.scalars(query.options(selectinload(Message.attempts))).all()
    for message in messages:
        erasure.erase_message(message, at)
    return len(messages)


def _empty_documents(session: Session, about: ColumnElement[bool], limit: int) -> int:
    """Empty documents, but for certificates of deletion, which name nobody."""
    says = or_(Document.facts.is_not(None), Document.pdf.is_not(None))
    query = select(Document).where(about, says, Document.kind != DocumentKind.DELETION)
    documents = session.scalars(query.limit(limit)).all()
    for document in documents:
        erasure.erase(document)
    return len(documents)


def _delete(session: Session, model: Any, which: ColumnElement[bool], limit: int) -> int:
    numbers = session.scalars(select(model.id).where(which).limit(limit)).all()
    session.execute(delete(model).where(model.id.in_(numbers)))
    return len(numbers)


def _let_go(session: Session, people: Sequence[Person]) -> int:
    """Delete people; of one whom another company’s request names, only the number stays."""
    numbers = [one.id for one in people]
    named = {
        *session.scalars(select(Event.person_id).where(Event.person_id.in_(numbers))),
        *session.scalars(select(Request.person_id).where(Request.person_id.in_(numbers))),
    }
    for person in people:
        if person.id in named:
            erasure.forget_person(person)
    gone = [number for number in numbers if number not in named]
    session.execute(delete(Person).where(Person.id.in_(gone)))
    return len(numbers)
