"""What the supervisors' landing page counts: what calls for action, what is coming, how much."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from helpdesk import tallies
from helpdesk.queue import deletion, matching
from helpdesk.queue.filters import Filters
from helpdesk.queue.models import Ending, Request
from helpdesk.rules import lifecycle, reminders
from helpdesk.rules.instants import begins_at
from helpdesk.rules.vocabulary import Action, Channel, State
from helpdesk.tallies import Tally

DAYS = 30
ZONE = ZoneInfo("Europe/Madrid")
# What a night does is done by then: access ends at midnight, in the Canaries an hour later.
MORNING = time(6)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person: how many requests in review, the oldest, how many set aside."""

    to_review: int
    oldest: Request | None
    set_aside: int


def waiting(session: Session) -> Waiting:
    """Count what only a person can move on."""
    failed = select(func.count()).select_from(Request).where(Request.failure.is_not(None))
    return Waiting(
        to_review=matching.tallied(session, Filters())[State.IN_REVIEW],
        oldest=oldest_in_review(session),
        set_aside=session.scalar(failed) or 0,
    )


def oldest_in_review(session: Session) -> Request | None:
    """Return the request that has waited longest for a person."""
    in_review = select(Request).where(Request.state == State.IN_REVIEW)
    return session.scalar(in_review.order_by(Request.filed_at, Request.id).limit(1))


def today_at(now: datetime) -> date:
    """Return the day that supervisors call today."""
    return now.astimezone(ZONE).date()


def morning_after(now: datetime) -> datetime:
    """Return the instant by which the coming night has done its work."""
    return begins_at(today_at(now) + timedelta(days=1), ZONE, MORNING)


def due_by(session: Session, until: datetime) -> Mapping[Action, int]:
    """Return what processing will have done by an instant, action by action."""
    return confirmations_by(session, until) + timed_by(session, until)


def confirmations_by(session: Session, until: datetime) -> Counter[Action]:
    """Return how many requests will have been confirmed by an instant."""
    received = select(func.count()).where(Request.state == State.RECEIVED, Request.due_at <= until)
    return Counter({Action.CONFIRM: session.scalar(received) or 0})


def timed_by(session: Session, until: datetime) -> Counter[Action]:
    """Return what the dates of confirmed requests will have asked for by an instant."""
    counts: Counter[Action] = Counter()
    for group in session.execute(_alike(until)):
        for one in reminders.due_by(group, group.after, until):
            counts[one.action] += group.number
    counts[Action.PURGE] = deletion.count_due(session, until)
    return counts


def filed_by_day(
    session: Session, today: date, zone: ZoneInfo
) -> list[tuple[date, Mapping[Channel, int]]]:
    """Return the requests of each of the last thirty days by channel, oldest day first.

    They are counted by the hour, so the zone must be whole hours from UTC, as ours are.
    """
    days = [today - timedelta(days=back) for back in reversed(range(-1, DAYS))]
    hours = [_hour(begins_at(day, zone)) for day in days]
    found: list[Counter[Channel]] = [Counter() for _day in range(DAYS)]
    counts = tallies.read_between(session, Tally.FILED, hours)
    for (day, channel), number in counts.items():
        found[day][Channel(channel)] += number
    return list(zip(days, found, strict=False))


def ends_ahead(session: Session, today: date) -> list[tuple[date, int]]:
    """Return how many confirmed subscriptions end on each of the next thirty days."""
    days = [today + timedelta(days=ahead) for ahead in range(DAYS)]
    first, last = today.isoformat(), (today + timedelta(days=DAYS)).isoformat()
    found = tallies.read(session, Tally.ENDS, first, last)
    return [(day, found.get((day.isoformat(),), 0)) for day in days]


def _hour(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H")


def _alike(until: datetime) -> Select[Any]:
    """Return the endings that are looked at by an instant: those with the same dates as one group.

    One that nothing was done for yet is dealt with up to its filing, each at its own instant. The
    day of the request only matters to reminders, and those are over once access ends.
    """
    begun = case((Ending.done_until > Request.filed_at, Ending.done_until))
    reminded = case((Ending.access_ends_at > until, Ending.requested_on), else_=Ending.effective_on)
    dates = (
        reminded.label("requested_on"),
        Ending.effective_on,
        Ending.deleted_on,
        Ending.access_ends_at,
        Ending.deletes_at,
        Ending.zone,
        begun.label("after"),
    )
    looked_at = (Request.due_at <= until, Ending.state.in_(lifecycle.TIMED))
    query = select(*dates, func.count().label("number")).join(Request)
    return query.where(*looked_at).group_by(*dates)
