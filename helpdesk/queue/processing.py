"""What is due by now: confirm, remind, end; claimed in batches, failures set aside.

State lives in rows with due instants: a pass that comes late, twice or in two processes at once
does each thing once.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.queue import erasure, events, transitions
from helpdesk.queue.models import Ending, Request
from helpdesk.rules import lifecycle, reminders
from helpdesk.rules.vocabulary import Action, ReviewReason, State

log = logging.getLogger(__name__)

BATCH = 100
SET_ASIDE = timedelta(hours=1)
LONGEST_FAILURE = 500

Counts = Counter[str]
Claim = tuple[datetime, int]
"""When a request is due, and its number."""


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
    last: Claim | None = None
    while True:
        with transaction() as session:
            claims = _claim(session, now, last)
            for _due_at, number in claims:
                counts.update(_processed(session, number, now))
            if dry_run:
                session.rollback()
        if not claims:
            return counts
        advance(len(claims))
        last = claims[-1]


def _claim(session: Session, now: datetime, last: Claim | None) -> Sequence[Claim]:
    """Return the next batch, the longest due first, for this process alone."""
    place = tuple_(Request.due_at, Request.id)
    query = (
        select(Request.due_at, Request.id)
        .where(Request.due_at <= now)
        .order_by(Request.due_at, Request.id)
        .limit(BATCH)
        .with_for_update(of=Request, skip_locked=True)
    )
    rows = session.execute(query if last is None else query.where(place > last))
    return [(row.due_at, row.id) for row in rows]


def failure_of(session: Session, number: int, work: Callable[[], None]) -> str | None:
    """Do something with one request whole, or not at all; returns what went wrong.

    One bad row must not stop the others.
    """
    try:
        with session.begin_nested():
            work()
    except Exception as error:  # Whatever is wrong with it, the others go on.
        log.exception("Request %s set aside", number)
        return f"{type(error).__name__}: {error}"[:LONGEST_FAILURE]
    return None


def set_aside(session: Session, number: int, failure: str, **then: object) -> None:
    """Keep what went wrong with a request for the supervisors, without reading its row."""
    session.execute(
        update(Request)
        .where(Request.id == number)
        .values(failure=failure, **then)
        .execution_options(synchronize_session=False)
    )


def _processed(session: Session, number: int, now: datetime) -> Counts:
    """Process one request whole, or set it aside whole."""
    done: Counts = Counter()

    def work() -> None:
        _process(session, session.get_one(Request, number), now, done)

    if failure := failure_of(session, number, work):
        set_aside(session, number, failure, due_at=now + SET_ASIDE)
        return Counter(failed=1)
    return done


def _process(session: Session, request: Request, now: datetime, counts: Counts) -> None:
    request.failure = None
    if request.erased_at is not None:
        request.due_at = erasure.close(session, request, now)
        return
    if request.state is State.RECEIVED:
        counts[_confirm(session, request, now)] += 1
    for ending in request.endings:
        _process_ending(session, ending, now, counts)
    request.due_at = transitions.due_at(request)


def _confirm(session: Session, request: Request, now: datetime) -> Action:
    """Confirm a request, unless another one has come to stand before it meanwhile."""
    try:
        transitions.move(session, request, Action.CONFIRM, actor=events.PROCESSING, at=now)
    except transitions.AlreadyEnding as earlier:
        request.linked_to = earlier.request
        transitions.send_to_review(session, request, [ReviewReason.DUPLICATE], at=now)
        return Action.REVIEW
    return Action.CONFIRM


def _process_ending(session: Session, ending: Ending, now: datetime, counts: Counts) -> None:
    if ending.state not in lifecycle.TIMED:
        return
    for due in reminders.due_by(ending, ending.done_until, now):
        ending.done_until = due.at
        transitions.move_ending(
            session, ending, due.action, actor=events.PROCESSING, at=now, message=due.message
        )
        counts[due.action] += 1
