"""What is due by now: confirm, remind, end; claimed in batches, failures set aside.

State lives in rows with due instants: a pass that comes late, twice or in two processes at once
does each thing once.
"""

import gc
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from helpdesk import bulk
from helpdesk.database import transaction
from helpdesk.directory import locks
from helpdesk.directory.models import Subscription
from helpdesk.engine import is_away
from helpdesk.queue import erasure, events, transitions
from helpdesk.queue.batch import Batch
from helpdesk.queue.models import Ending, Request
from helpdesk.rules import lifecycle, reminders
from helpdesk.rules.vocabulary import Action, ReviewReason, State

log = logging.getLogger(__name__)

BATCH = 1000
SET_ASIDE = timedelta(hours=1)
LONGEST_FAILURE = 500

Counts = Counter[str]
Claim = tuple[datetime, int, int | None]
"""When a request is due, its number, and that of its company."""


def count_due(session: Session, now: datetime) -> int:
    """Return how many requests processing must look at by now."""
    query = select(func.count()).select_from(Request).where(Request.due_at <= now)
    return session.scalar(query) or 0


def process_due(
    now: datetime,
    *,
    dry_run: bool = False,
    advance: Callable[[int], None] = lambda _done: None,
    batch: int = BATCH,
) -> Counts:
    """Do all that is due by an instant; returns how often each action was done.

    `advance` is told after each batch how many requests it looked at. With `dry_run` the counts
    are what would happen, and nothing is kept.
    """
    counts: Counts = Counter()
    last: Claim | None = None
    while True:
        with _unhurried(), transaction() as session:
            is_alone = not session.identity_map
            claims = _claim(session, now, last, batch)
            if mine := _free(session, claims):
                counts.update(_processed(session, mine, now))
            if dry_run:
                session.rollback()
            elif is_alone:  # Nobody looks at these rows again: a commit would go through them all.
                session.flush()
                session.expunge_all()
        if not claims:
            return counts
        advance(len(claims))
        last = claims[-1]


@contextmanager
def _unhurried() -> Iterator[None]:
    """Leave tidying up to the end of a batch.

    Its rows are all in use until then: looking through them for rubbish takes a fifth of its time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _claim(session: Session, now: datetime, last: Claim | None, batch: int) -> Sequence[Claim]:
    """Return the next batch, the longest due first, for this process alone."""
    place = tuple_(Request.due_at, Request.id)
    query = (
        select(Request.due_at, Request.id, Request.company_id)
        .where(Request.due_at <= now)
        .order_by(Request.due_at, Request.id)
        .limit(batch)
        .with_for_update(of=Request, skip_locked=True, key_share=True)
    )
    rows = session.execute(query if last is None else query.where(place > last[:2]))
    return [(row.due_at, row.id, row.company_id) for row in rows]


def _free(session: Session, claims: Sequence[Claim]) -> Sequence[int]:
    """Return those for whose company nobody files or decides just now; the rest stays due."""
    free = locks.free(session, {company for _due_at, _number, company in claims}) | {None}
    return [number for _due_at, number, company in claims if company in free]


def failure_of(session: Session, number: int, work: Callable[[], None]) -> str | None:
    """Do something with one request whole, or not at all; returns what went wrong.

    One bad row must not stop the others.
    """
    try:
        with session.begin_nested():
            work()
    except Exception as error:  # Whatever is wrong with it, the others go on.
        if is_away(error):  # Nothing is wrong with it: all of them wait.
            raise
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


def _processed(session: Session, numbers: Sequence[int], now: datetime) -> Counts:
    """Process requests whole, all together; the halves of those that cannot be, each by itself.

    So one that fails is found, and set aside whole.
    """
    done: Counts = Counter()

    def work() -> None:
        _process(session, numbers, now, done)

    if len(numbers) > 1:
        try:
            with session.begin_nested():
                work()
        except Exception as error:  # It comes again, and is told, with the one that it is of.
            if is_away(error):
                raise
            session.expire_all()  # What was marked as written is not.
            middle = len(numbers) // 2
            first = _processed(session, numbers[:middle], now)
            return first + _processed(session, numbers[middle:], now)
    elif failure := failure_of(session, numbers[0], work):
        set_aside(session, numbers[0], failure, due_at=now + SET_ASIDE)
        return Counter(failed=1)
    return done


def _process(session: Session, numbers: Sequence[int], now: datetime, counts: Counts) -> None:
    requests = _loaded(session, numbers)
    closed = [one for one in requests if one.erased_at is not None]
    batch = Batch(session, [one for one in requests if one.erased_at is None], now)
    _ending = _ending_now(session, batch)
    with session.no_autoflush:  # What was moved already is known here, and written once.
        for request in batch.requests:
            _process_one(batch, request, counts)
        batch.write()
    erasure.close(session, closed, now)


def _loaded(session: Session, numbers: Sequence[int]) -> Sequence[Request]:
    """Return requests with their endings, in this order."""
    which = bulk.among(session, Request.id, numbers)
    found = {request.id: request for request in session.scalars(select(Request).where(which))}
    endings: dict[int, list[Ending]] = {number: [] for number in numbers}
    theirs = select(Ending).where(bulk.among(session, Ending.request_id, numbers))
    for ending in session.scalars(theirs.order_by(Ending.id)):
        endings[ending.request_id].append(ending)
    for number in numbers:
        set_committed_value(found[number], "endings", endings[number])
    return [found[number] for number in numbers]


def _ending_now(session: Session, batch: Batch) -> Sequence[Subscription]:
    """Return the subscriptions that end; while they are held they need not be read one by one."""
    numbers = [
        ending.subscription_id
        for request in batch.requests
        for ending in request.endings
        if ending.access_ends_at <= batch.at and ending.state in lifecycle.OPEN
    ]
    query = select(Subscription).where(bulk.among(session, Subscription.id, numbers))
    return session.scalars(query).all() if numbers else ()


def _process_one(batch: Batch, request: Request, counts: Counts) -> None:
    request.failure = None
    if request.state is State.RECEIVED:
        counts[_confirm(batch, request)] += 1
    for ending in request.endings:
        _process_ending(batch, ending, counts)
    request.due_at = transitions.due_at(request)


def _confirm(batch: Batch, request: Request) -> Action:
    """Confirm a request, unless another one has come to stand before it meanwhile."""
    try:
        transitions.move_in(batch, request, Action.CONFIRM, actor=events.PROCESSING)
    except transitions.AlreadyEnding as earlier:
        request.linked_to = earlier.request
        transitions.review_in(batch, request, [ReviewReason.DUPLICATE])
        return Action.REVIEW
    return Action.CONFIRM


def _process_ending(batch: Batch, ending: Ending, counts: Counts) -> None:
    if ending.state not in lifecycle.TIMED:
        return
    for due in reminders.due_by(ending, ending.done_until, batch.at):
        ending.done_until = due.at
        transitions.move_ending_in(
            batch, ending, due.action, actor=events.PROCESSING, message=due.message
        )
        counts[due.action] += 1
