"""An ended subscription, and the payments that restart it."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory.models import Company, Person
from helpdesk.messages.models import Message
from helpdesk.payments import sandbox
from helpdesk.payments.models import Payment
from helpdesk.payments.port import Bill
from helpdesk.payments.sandbox import Choice, Sandbox
from helpdesk.queue import restart
from helpdesk.queue.models import Ending
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import MessageKind
from tests.builders import A_MONDAY, a_person, a_request

# Filed on Monday 2 March 2026 it ends on 15 April, and its data goes from 15 October.
A_FRIDAY = datetime(2026, 5, 1, 10, tzinfo=UTC)
DELETION_DAY = datetime(2026, 10, 14, 22, tzinfo=UTC)
BANK = Sandbox()


class Ended(NamedTuple):
    """A company whose subscription has ended, who may restart it, and for which contract."""

    company_id: int
    person_id: int
    contract: str
    ending_id: int


def an_end(
    session: Session,
    company: Company,
    person: Person | None = None,
    until: datetime | None = None,
) -> Ended:
    """End the first subscription of a company, as processing does, or process it so far only."""
    person = person or a_person(session, company)
    subscription = company.subscriptions[0]
    request = a_request(session, company, subscription_ids=(subscription.id,))
    made = Ended(company.id, person.id, subscription.contract, request.endings[0].id)
    ends_at = request.endings[0].access_ends_at
    session.commit()
    process_due(A_MONDAY)
    process_due(until or ends_at)
    return made


def a_payment(ended: Ended, at: datetime = A_FRIDAY) -> str:
    """Begin the payment that restarts it; returns its key."""
    with transaction() as session:
        key = restart.begin(session, ended.company_id, ended.contract, ended.person_id, at).key
    BANK.begin(Bill(key, 2900, f"/account/payments/{key}"))
    return key


def paid(ended: Ended, choice: Choice, at: datetime = A_FRIDAY) -> str:
    """Begin the payment, and let the bank answer it; returns its key."""
    key = a_payment(ended, at)
    sandbox.choose(key, choice)
    return key


def payment_of(session: Session, key: str) -> Payment:
    """Return a payment as it is now."""
    session.rollback()
    return session.query(Payment).filter_by(key=key).one()


def ending_of(session: Session, ended: Ended) -> Ending:
    """Return its ending as it is now."""
    session.rollback()
    return session.get_one(Ending, ended.ending_id)


def told(session: Session, kind: MessageKind) -> int:
    """Return how many messages of a kind there are."""
    session.rollback()
    query = select(func.count()).select_from(Message).where(Message.kind == kind)
    return session.scalar(query) or 0
