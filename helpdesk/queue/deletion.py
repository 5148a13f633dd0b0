"""Delete the data whose date has come: in batches, once, ending with a certificate (rules §5).

Each batch is one transaction that claims its subscription anew, so that a deletion can be stopped
or killed at any point, goes on where it was, and waits as soon as a legal hold is set. It has the
company and all its requests for itself: while it runs nobody files, decides or changes anything.
**Choices**: what a request still open might need waits for its decision, the subscription that it
names and all that is the company's; so does a subscription while its payment is not settled. With
several ends of one subscription, its rows go with the last of them.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto
from time import monotonic
from typing import Any

from sqlalchemy import false, func, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from helpdesk.database import transaction
from helpdesk.directory.holds import is_held, lasting
from helpdesk.directory.models import Company, Hold, Subscription
from helpdesk.payments.ledger import unsettled
from helpdesk.payments.models import Payment
from helpdesk.queue import belongings, events, outgoing, processing, review, transitions
from helpdesk.queue.belongings import Whose
from helpdesk.queue.models import Deletion, Ending, Request
from helpdesk.queue.traces import of_company
from helpdesk.rules import lifecycle
from helpdesk.rules.retention import may_delete
from helpdesk.rules.vocabulary import Action, State

log = logging.getLogger(__name__)

BATCH = 200
SET_ASIDE = timedelta(hours=1)
# A pass ends after so long: the next tick has more to do than this.
LONGEST_PASS_SECONDS = 45

Counts = Counter[str]
Place = tuple[datetime, int]
"""When an ending's data is due to go, and its number."""


class _Came(Enum):
    """What came of a batch: more of the same is left, it has to wait, it is done, it failed."""

    MORE = auto()
    WAITING = auto()
    DONE = auto()
    FAILED = auto()


def due(now: datetime) -> ColumnElement[bool]:
    """Return the condition that an ending's data may go: its date has come, no hold lasts.

    What is in force again is never deleted by an old date.
    """
    return _has_come(now) & ~_held(now) & ~_in_force(Ending.subscription_id)


def count_due(session: Session, now: datetime) -> int:
    """Return how many subscriptions' data is to be deleted by an instant, as `due` has it.

    Found by date first, and each then looked up: PostgreSQL takes all that has ended for due, and
    would go through all subscriptions.
    """
    nearest = (Ending.deletes_at, Ending.id)
    come = select(Ending.request_id, Ending.subscription_id).where(_has_come(now))
    each = come.order_by(*nearest).offset(0).subquery()
    free = select(Request.id).where(Request.id == each.c.request_id, ~_held(now))
    query = select(func.count()).select_from(each)
    query = query.where(free.scalar_subquery().is_not(None), ~_in_force(each.c.subscription_id))
    return session.scalar(query) or 0


def _has_come(now: datetime) -> ColumnElement[bool]:
    return (Ending.state == State.ENDED) & (Ending.deletes_at <= now)


def _held(now: datetime) -> ColumnElement[bool]:
    return select(Hold.id).where(Hold.company_id == Request.company_id, lasting(now)).exists()


def _in_force(number: Any) -> ColumnElement[bool]:
    """Return the condition that a subscription is in force, looked up by its number."""
    again = select(Subscription.ended_at.is_(None)).where(Subscription.id == number)
    return func.coalesce(again.scalar_subquery(), false())


def delete_due(
    now: datetime, *, batch: int = BATCH, advance: Callable[[int], None] = lambda _done: None
) -> Counts:
    """Delete what is due by an instant, at most `batch` rows a transaction.

    Returns how many deletions were done and how many failed; `advance` is told of each, and after
    each batch.
    """
    counts: Counts = Counter()
    after: Place | None = None
    began = monotonic()
    while monotonic() - began < LONGEST_PASS_SECONDS:
        with transaction() as session:
            ending = _claim(session, now, after)
            if ending is None:
                break
            place = (ending.deletes_at, ending.id)
            came = _one_batch(session, ending, now, batch)
        if came is _Came.MORE:
            advance(0)
        else:
            after = place
            counts.update(_NAMES[came])
            advance(1)
    return counts


_NAMES = {_Came.WAITING: [], _Came.DONE: [Action.PURGE.value], _Came.FAILED: ["failed"]}


def _claim(session: Session, now: datetime, after: Place | None) -> Ending | None:
    """Return the ending that is due the longest, after a place, for this process alone."""
    place = tuple_(Ending.deletes_at, Ending.id)
    query = (
        select(Ending)
        .join(Request)
        .outerjoin(Deletion)
        .where(due(now), or_(Deletion.id.is_(None), Deletion.due_at <= now))
        .order_by(Ending.deletes_at, Ending.id)
        .limit(1)
        .with_for_update(of=(Ending, Request), skip_locked=True, key_share=True)
    )
    return session.scalar(query if after is None else query.where(place > after))


def _one_batch(session: Session, ending: Ending, now: datetime, batch: int) -> _Came:
    """Let one batch of rows go, or set the deletion aside; nobody else touches the company."""
    theirs = select(Company).where(Company.id == ending.request.company_id)
    company = session.scalar(theirs.with_for_update(skip_locked=True, key_share=True))
    if company is None:
        return _Came.WAITING
    review.locked_where(session, of_company(company))
    # Asked again now that nobody can set a hold: one may have come just before.
    if not _may_go(session, ending, company, now):
        return _Came.WAITING
    number, request_id = ending.id, ending.request_id
    if ending.deletion is None:
        session.add(Deletion(ending_id=number, began_at=now, due_at=now, counts={}))
        return _Came.MORE
    came: list[_Came] = []

    def work() -> None:
        came.append(_let_go(session, Whose(ending, company, now), batch))

    if failure := processing.failure_of(session, request_id, work):
        processing.set_aside(session, request_id, failure)
        deletion = session.scalars(select(Deletion).where(Deletion.ending_id == number)).one()
        deletion.due_at = now + SET_ASIDE
        return _Came.FAILED
    return came[0]


def _may_go(session: Session, ending: Ending, company: Company, now: datetime) -> bool:
    """Tell whether the rules let the data go, and nothing still needs it."""
    is_on_hold = is_held(session, company.id, now)
    return may_delete(ending, now, on_hold=is_on_hold) and not _is_waited_for(session, ending)


def _is_waited_for(session: Session, ending: Ending) -> bool:
    """Tell whether an open request names the subscription too, or its payment is not settled."""
    if ending.subscription_id is None:
        return False
    open_ends = select(Ending.id).where(
        Ending.subscription_id == ending.subscription_id,
        Ending.state.in_(lifecycle.OPEN),
    )
    payments = select(Payment.id).where(
        Payment.subscription_id == ending.subscription_id, unsettled()
    )
    return session.scalar(select(or_(open_ends.exists(), payments.exists()))) or False


def _let_go(session: Session, whose: Whose, batch: int) -> _Came:
    """Let at most one batch go; once nothing is left, certify it."""
    gone = belongings.take(session, belongings.OF_SUBSCRIPTION, whose, batch)
    is_last = gone.total() < batch and belongings.is_last(session, whose.company)
    waits = is_last and _has_undecided(session, whose.company)
    if is_last and not waits:
        room = batch - gone.total()
        gone += belongings.take(session, belongings.OF_COMPANY, whose, room)
    _count(whose.ending, gone)
    if gone.total() == batch:
        return _Came.MORE
    if waits:
        return _Came.WAITING
    _certify(session, whose, is_last=is_last)
    return _Came.DONE


def _has_undecided(session: Session, company: Company) -> bool:
    query = select(Request.id).where(of_company(company), Request.state.in_(lifecycle.UNDECIDED))
    return session.scalar(query.limit(1)) is not None


def _count(ending: Ending, gone: Counts) -> None:
    deletion, request = _deletion(ending), ending.request
    deletion.counts = dict(Counter(deletion.counts) + gone)
    request.failure = None


def _certify(session: Session, whose: Whose, *, is_last: bool) -> None:
    """Write the certificate with its message and what goes out, then let the last rows go."""
    ending, company, at = whose.ending, whose.company, whose.at
    if is_last:
        _count(ending, belongings.count_rest(session, company))
    deletion = _deletion(ending)
    deletion.done_at = at
    why = json.dumps(deletion.counts, sort_keys=True)
    transitions.move_ending(session, ending, Action.PURGE, actor=events.PROCESSING, at=at, why=why)
    if is_last:
        outgoing.add_company(session, ending, at)
        belongings.finish(session, ending.request, company, at)


def _deletion(ending: Ending) -> Deletion:
    if ending.deletion is None:
        raise LookupError("A deletion has its row before its first batch.")
    return ending.deletion
