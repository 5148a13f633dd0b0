"""Restart an ended subscription: paid for at a provider, done here once the provider says so.

The provider is asked with no transaction open. What it answered is settled in one transaction of
its own, by whoever is first: the page that the person comes back to, or processing. So a payment
restarts once, and one whose answer was lost is asked about again.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory import locks
from helpdesk.directory.models import Subscription
from helpdesk.messages import outbox
from helpdesk.payments import ledger
from helpdesk.payments.models import Payment
from helpdesk.payments.port import Outcome, Provider, Unanswered
from helpdesk.queue import events, gate, processing, review, transitions
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Ending, Request
from helpdesk.rules import lifecycle
from helpdesk.rules.instants import local
from helpdesk.rules.vocabulary import Action, PaymentState, State

# A provider that does not answer is left alone after so many tries in a row, until the next pass.
PATIENCE = 3


class TooLate(Exception):
    """There is nothing to restart: it is in force, its data is being deleted, or it is gone."""


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment with what it restarts, for the page that tells what came of it."""

    payment: Payment
    ending: Ending
    subscription: Subscription

    @property
    def is_open(self) -> bool:
        """Whether its provider has still to say what came of it."""
        return self.payment.state in ledger.OPEN

    @property
    def settled_on(self) -> date | None:
        """The local day on which it was settled; None while it is open."""
        zone = ZoneInfo(self.subscription.company.zone)
        at = self.payment.settled_at
        return local(at, zone).date() if at else None


def paid(session: Session, company_id: int, key: str) -> Paid | None:
    """Return a payment of a company with what it restarts; somebody else's does not exist."""
    query = (
        select(Payment, Ending, Subscription)
        .join(Ending, Payment.ending_id == Ending.id)
        .join(Subscription, Payment.subscription_id == Subscription.id)
        .where(Payment.key == key, Subscription.company_id == company_id)
    )
    row = session.execute(query).one_or_none()
    return Paid(*row) if row else None


def may_begin(ending: Ending, at: datetime) -> bool:
    """Tell whether what an ending ended can be restarted: from its end to its deletion date."""
    return _may_restart(ending, at) and at < ending.deletes_at


def begin(
    session: Session, company_id: int, contract: str, person_id: int, at: datetime
) -> Payment:
    """Return the payment that restarts a company's ended subscription: one, however often asked.

    Raises TooLate when there is nothing to restart.
    """
    locks.company(session, company_id)
    standing = gate.of_contract(session, company_id, contract, at)
    if standing is None or standing.ending is None or not may_begin(standing.ending, at):
        raise TooLate
    return ledger.begin(session, standing.subscription, standing.ending.id, person_id, at)


def settle_due(provider: Provider, now: datetime) -> Counter[str]:
    """Ask about each payment that is due by an instant; returns what came of them, how often."""
    done: Counter[str] = Counter()
    in_a_row = 0
    while in_a_row < PATIENCE:
        with transaction() as session:
            claimed = ledger.claim(session, now)
        if claimed is None:
            break
        came = settle(provider, claimed, now)
        done[_NAMES[came]] += 1
        in_a_row = in_a_row + 1 if came is PaymentState.UNANSWERED else 0
    return done


_NAMES = {
    PaymentState.BEGUN: "payments_asked",
    PaymentState.UNANSWERED: "payments_asked",
    PaymentState.ACCEPTED: Action.RESTART.value,
    PaymentState.REFUSED: "payments_refused",
    PaymentState.CANCELLED: "payments_cancelled",
}


def settle(provider: Provider, key: str, now: datetime) -> PaymentState:
    """Ask what came of a payment, do what follows, and return where it stands then."""
    with transaction(keep=False) as session:
        state = ledger.state_of(session, key)
    if state in ledger.OPEN:
        outcome = _outcome(provider, key)
        with transaction() as session:
            state = _record(session, key, outcome, now)
    if state is PaymentState.CANCELLED:
        _call_off(provider, key, now)
    return state


def _outcome(provider: Provider, key: str) -> Outcome | None:
    """Return what the provider says of a payment; None when it gives no answer."""
    try:
        return provider.outcome(key)
    except Unanswered:
        return None


def _call_off(provider: Provider, key: str, now: datetime) -> None:
    """Tell the provider that a payment is cancelled; until it has taken that, it is told again."""
    try:
        provider.cancel(key)
        is_answered = True
    except Unanswered:
        is_answered = False
    with transaction() as session:
        ledger.told(session, key, now, is_answered=is_answered)


def _record(session: Session, key: str, outcome: Outcome | None, now: datetime) -> PaymentState:
    """Do what follows from a provider's answer, unless somebody was faster; returns the state."""
    payment = ledger.by_key(session, key)
    ending = session.get_one(Ending, payment.ending_id)
    _lock(session, ending)
    if payment.state not in ledger.OPEN:
        return payment.state
    is_over = outcome is not Outcome.ACCEPTED and ledger.is_given_up(payment, now)
    if outcome is Outcome.REFUSED:
        ledger.settle(payment, PaymentState.REFUSED, now)
    elif is_over or not _may_restart(ending, now):
        ledger.call_off(payment, now)
    elif outcome is Outcome.ACCEPTED:
        _go_on(session, ending, payment, now)
    else:
        is_open = outcome is Outcome.OPEN
        ledger.wait(payment, PaymentState.BEGUN if is_open else PaymentState.UNANSWERED, now)
    return payment.state


def _go_on(session: Session, ending: Ending, payment: Payment, now: datetime) -> None:
    """Restart what was paid for, or set the request aside and try again: nothing paid is lost."""
    number = ending.request_id
    if failure := processing.failure_of(
        session, number, lambda: _restart(session, ending, payment, now)
    ):
        processing.set_aside(session, number, failure)
        ledger.wait(payment, PaymentState.UNANSWERED, now)


def _restart(session: Session, ending: Ending, payment: Payment, now: datetime) -> None:
    """Let a subscription run again from today, with all that was asked against it before gone."""
    customer, subscription = Actor(By.CUSTOMER, payment.person_id), ending.subscription
    if subscription is None:
        raise TooLate
    if ending.state is State.CONFIRMED:
        ending.done_until = ending.access_ends_at
        transitions.move_ending(session, ending, Action.END, actor=events.PROCESSING, at=now)
    outbox.hold_back(session, ending.request_id, ending.id)
    subscription.anchor_on = local(now, ZoneInfo(subscription.company.zone)).date()
    transitions.move_ending(session, ending, Action.RESTART, actor=customer, at=now)
    for other in _undecided(session, subscription.id):
        _withdraw(session, other, customer, now)
    ledger.settle(payment, PaymentState.ACCEPTED, now)


def _undecided(session: Session, subscription_id: int) -> list[Ending]:
    """Return the ends of a subscription that nobody has decided: they were asked before."""
    query = select(Ending).where(
        Ending.subscription_id == subscription_id,
        Ending.state.in_(lifecycle.UNDECIDED),
    )
    return [*session.scalars(query.order_by(Ending.id))]


def _withdraw(session: Session, ending: Ending, actor: Actor, at: datetime) -> None:
    """Withdraw one end, with its whole request when there is nothing else in it."""
    others = [one for one in ending.request.endings if one is not ending]
    if any(lifecycle.is_open(one.state) for one in others):
        transitions.move_ending(session, ending, Action.WITHDRAW, actor=actor, at=at)
    else:
        transitions.move(session, ending.request, Action.WITHDRAW, actor=actor, at=at)


def _may_restart(ending: Ending, at: datetime) -> bool:
    """Tell whether access has ended and nothing of the data has gone yet."""
    has_ended = ending.state is State.ENDED or (
        ending.state is State.CONFIRMED and ending.access_ends_at <= at
    )
    return has_ended and ending.subscription is not None and ending.deletion is None


def _lock(session: Session, ending: Ending) -> None:
    """Let nobody else change what ends or ended a subscription until this is over."""
    locks.companies(session, [ending.request.company_id])
    which = Request.id == ending.request_id
    if ending.subscription_id is not None:
        same = select(Ending.request_id).where(Ending.subscription_id == ending.subscription_id)
        which |= Request.id.in_(same)
    review.locked_where(session, which)
