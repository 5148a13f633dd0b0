"""What the supervisors' landing page counts: what calls for action, what is coming, how much."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, selectinload

from helpdesk.queue import deletion
from helpdesk.queue.models import Ending, Request
from helpdesk.rules import reminders
from helpdesk.rules.instants import begins_at
from helpdesk.rules.vocabulary import Action, Channel, State

DAYS = 30


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person: how many requests in review, the oldest, how many set aside."""

    to_review: int
    oldest: Request | None
    set_aside: int


def waiting(session: Session) -> Waiting:
    """Count what only a person can move on."""
    in_review = Request.state == State.IN_REVIEW
    failed = Request.failure.is_not(None)
    count = select(func.count()).select_from(Request)
    oldest = select(Request).where(in_review).order_by(Request.filed_at, Request.id).limit(1)
    return Waiting(
        to_review=session.scalar(count.where(in_review)) or 0,
        oldest=session.scalar(oldest),
        set_aside=session.scalar(count.where(failed)) or 0,
    )


def due_by(session: Session, until: datetime) -> Mapping[Action, int]:
    """Return what processing will have done by an instant, action by action."""
    query = select(Request).where(Request.due_at <= until)
    counts: Counter[Action] = Counter()
    for request in session.scalars(query.options(selectinload(Request.endings))):
        if request.state is State.RECEIVED:
            counts[Action.CONFIRM] += 1
        for ending in request.endings:
            if ending.state in {State.CONFIRMED, State.ENDED}:
                due = reminders.due_by(ending, ending.done_until, until)
                counts.update(one.action for one in due)
    if deletions := deletion.count_due(session, until):
        counts[Action.PURGE] = deletions
    return counts


def filed_by_day(
    session: Session, today: date, zone: ZoneInfo
) -> list[tuple[date, Mapping[Channel, int]]]:
    """Return the requests of each of the last thirty days by channel, oldest day first."""
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    ends = [begins_at(day + timedelta(days=1), zone) for day in days]
    number = case(*((Request.filed_at < end, index) for index, end in enumerate(ends)), else_=DAYS)
    query = (
        select(number.label("day"), Request.channel, func.count())
        .where(Request.filed_at >= begins_at(days[0], zone), Request.filed_at < ends[-1])
        .group_by("day", Request.channel)
    )
    found: dict[int, dict[Channel, int]] = {}
    for index, channel, count in session.execute(query):
        found.setdefault(index, {})[channel] = count
    return [(day, found.get(index, {})) for index, day in enumerate(days)]


def ends_ahead(session: Session, today: date) -> list[tuple[date, int]]:
    """Return how many confirmed subscriptions end on each of the next thirty days."""
    days = [today + timedelta(days=ahead) for ahead in range(DAYS)]
    query = (
        select(Ending.effective_on, func.count())
        .where(Ending.state == State.CONFIRMED, Ending.effective_on.between(days[0], days[-1]))
        .group_by(Ending.effective_on)
    )
    found = dict(session.execute(query).all())
    return [(day, found.get(day, 0)) for day in days]
