"""The payments that we asked for: which are open, and when their provider is asked again."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from helpdesk.directory.models import Subscription
from helpdesk.payments.models import Payment
from helpdesk.rules.vocabulary import PaymentState

OPEN = frozenset({PaymentState.BEGUN, PaymentState.UNANSWERED})
GIVEN_UP_AFTER = timedelta(days=1)
SHORTEST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
# Whoever asks about a payment has it for so long; if they die meanwhile it is asked again then.
LEASE = timedelta(minutes=5)


def unsettled() -> ColumnElement[bool]:
    """Return the condition that a provider must still be asked or told about a payment."""
    return Payment.ask_at.is_not(None)


def begin(
    session: Session, subscription: Subscription, ending_id: int, person_id: int, at: datetime
) -> Payment:
    """Return the one open payment that restarts what an ending ended, begun if there is none."""
    query = select(Payment).where(Payment.ending_id == ending_id, Payment.state.in_(OPEN))
    found = session.scalar(query.order_by(Payment.id).limit(1))
    if found is not None:
        return found
    payment = Payment(
        key=str(uuid4()),
        subscription_id=subscription.id,
        ending_id=ending_id,
        person_id=person_id,
        amount_cents=subscription.price_cents,
        state=PaymentState.BEGUN,
        begun_at=at,
        ask_at=at + SHORTEST_PAUSE,
    )
    session.add(payment)
    session.flush()
    return payment


def by_key(session: Session, key: str) -> Payment:
    """Return a payment that there is."""
    return session.scalars(select(Payment).where(Payment.key == key)).one()


def state_of(session: Session, key: str) -> PaymentState:
    """Return where a payment stands."""
    return session.scalars(select(Payment.state).where(Payment.key == key)).one()


def claim(session: Session, now: datetime) -> str | None:
    """Take the payment that has waited longest to be asked about, for this worker alone."""
    payment = session.scalar(
        select(Payment)
        .where(Payment.ask_at <= now)
        .order_by(Payment.ask_at, Payment.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    if payment is None:
        return None
    payment.ask_at = now + LEASE
    return payment.key


def is_given_up(payment: Payment, now: datetime) -> bool:
    """Tell whether a payment has been waited for long enough."""
    return now >= payment.begun_at + GIVEN_UP_AFTER


def wait(payment: Payment, state: PaymentState, now: datetime) -> None:
    """Leave a payment open, to be asked about again after a pause that grows with its age."""
    payment.state = state
    again = _after_a_pause(payment.begun_at, now)
    payment.ask_at = min(again, max(payment.begun_at + GIVEN_UP_AFTER, now + SHORTEST_PAUSE))


def settle(payment: Payment, state: PaymentState, now: datetime) -> None:
    """Close a payment: its provider need not be asked or told anything more."""
    payment.state, payment.settled_at, payment.ask_at = state, now, None


def call_off(payment: Payment, now: datetime) -> None:
    """Decide that nothing follows from a payment; its provider must then be told (`told`)."""
    payment.state, payment.settled_at = PaymentState.CANCELLED, now
    payment.ask_at = now + LEASE


def told(session: Session, key: str, now: datetime, *, is_answered: bool) -> None:
    """Note whether the provider has taken a cancellation; if not it is told again, later."""
    payment = by_key(session, key)
    since = payment.settled_at or payment.begun_at
    payment.ask_at = None if is_answered else _after_a_pause(since, now)


def _after_a_pause(since: datetime, now: datetime) -> datetime:
    """Return when to ask again: after as long as it has already taken, within bounds."""
    return now + min(max(now - since, SHORTEST_PAUSE), LONGEST_PAUSE)
