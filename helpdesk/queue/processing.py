"""What is due by now: confirm, remind, end, delete; claimed in batches, failures set aside.

State lives in rows with due instants: a pass that comes late, twice or in two processes at once
does each thing once.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.queue import events, transitions
from helpdesk.queue.models import Ending, Request
from helpdesk.rules import reminders, retention
from helpdesk.rules.vocabulary import Action, State

log = logging.getLogger(__name__)

BATCH = 100
SET_ASIDE = timedelta(hours=1)
HELD = timedelta(days=1)

Counts = Counter[str]


def count_due(session: Session, now: datetime) -> int:
    """Return how many requests processing must look at by now."""
    query = select(func.count()).select_from(Request).where(Request.due_at <= now)
    return session.scalar(query) or 0


def process_due(
    now: datetime, *, dry_run: bool = False, advance: Callable[[int], None] = lambda _done: None
) -> Counts:
    """Do all that is due by an instant; returns how often each action was done.

    `advance` is told after each batch how many requests it looked at. With `dry_run` the counts
    are what would happen, and nothing is kept.
    """
    counts: Counts = Counter()
    if dry_run:
        with transaction(keep=False) as session:
            while done := _process_batch(session, now, counts):
                advance(done)
        return counts
    while True:
        with transaction() as session:
            done = _process_batch(session, now, counts)
        if not done:
            return counts
        advance(done)


def _process_batch(session: Session, now: datetime, counts: Counts) -> int:
    due = session.scalars(
        select(Request)
        .where(Request.due_at <= now)
        .order_by(Request.due_at, Request.id)
        .limit(BATCH)
        .with_for_update(of=Request, skip_locked=True)
    ).all()
    for request in due:
        done: Counts = Counter()
        try:
            with session.begin_nested():
                _process(session, request, now, done)
        except Exception as error:
            log.exception("Request %s set aside", request.reference)
            request.failure = f"{type(error).__name__}: {error}"
            request.due_at = now + SET_ASIDE
            done = Counter(failed=1)
        counts.update(done)
    session.flush()  # In a dry run the next batch must not see these again.
    return len(due)


def _process(session: Session, request: Request, now: datetime, counts: Counts) -> None:
    request.failure = None
    if request.state is State.RECEIVED:
        transitions.move(session, request, Action.CONFIRM, actor=events.PROCESSING, at=now)
        counts[Action.CONFIRM] += 1
    for ending in request.endings:
        _process_ending(session, ending, now, counts)
    request.due_at = transitions.due_at(request)
    if request.due_at is not None and request.due_at <= now:
        request.due_at = now + HELD  # On hold: looked at again tomorrow.


def _process_ending(session: Session, ending: Ending, now: datetime, counts: Counts) -> None:
    if ending.state not in {State.CONFIRMED, State.ENDED}:
        return
    company = ending.request.company
    on_hold = company is not None and company.on_hold
    for due in reminders.due_by(ending, ending.done_until, now):
        if due.action is Action.PURGE and not retention.may_delete(ending, now, on_hold=on_hold):
            return
        transitions.move_ending(session, ending, due, actor=events.PROCESSING, at=now)
        counts[due.action] += 1
