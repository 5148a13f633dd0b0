"""What is due after a confirmation, and when: reminders, end, deletion (rules §4, §5).

The whole timetable of one ending follows from its dates; what is due is found by comparing.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from helpdesk.rules.instants import begins_at
from helpdesk.rules.lifecycle import MESSAGE_OF
from helpdesk.rules.months import days_later
from helpdesk.rules.vocabulary import Action, MessageKind

MORNING = time(9)
REMINDERS = (
    (30, 2, MessageKind.REMINDER_30),
    (7, 0, MessageKind.REMINDER_7),
    (1, 0, MessageKind.REMINDER_1),
)
"""Days before the end, days of silence after the request, message (rules §4).

**Choice**: at 30 days the confirmation of the same week has just said it, so the first reminder
needs more than two days between; none is sent on the day of the request or before.
"""
DELETION_NOTICE_DAYS = 30


class Dates(Protocol):
    """What a timetable needs of a notice, or of the row that keeps it; instants are UTC."""

    @property
    def requested_on(self) -> date:
        """The local date of the request."""

    @property
    def effective_on(self) -> date:
        """The local date from which there is no access."""

    @property
    def deleted_on(self) -> date:
        """The local date from which data is deleted."""

    @property
    def access_ends_at(self) -> datetime:
        """The UTC instant at which access ends."""

    @property
    def deletes_at(self) -> datetime:
        """The UTC instant from which data is deleted."""

    @property
    def zone(self) -> str:
        """The name of the company's time zone."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something to do at or after a UTC instant, and the message that it sends."""

    at: datetime
    action: Action
    message: MessageKind


def timetable(notice: Dates) -> tuple[Due, ...]:
    """Return all that will be due for one ending, in order of time (rules §4, §5).

    Messages leave at 09:00 in the ending's zone; access ends and data goes at the instants of the
    notice. With a short retention the announcement waits for the morning after the end.
    """
    return _timetable(
        notice.requested_on,
        notice.effective_on,
        notice.access_ends_at,
        notice.deleted_on,
        notice.deletes_at,
        notice.zone,
    )


def next_due(notice: Dates, after: datetime | None) -> Due | None:
    """Return the first thing due later than `after` (None: ever), or None when all is done.

    The deletion is none of them: it goes its own way, in batches (rules §5).
    """
    later = (due for due in timetable(notice) if after is None or due.at > after)
    return next((due for due in later if due.action is not Action.PURGE), None)


def due_by(notice: Dates, after: datetime | None, now: datetime) -> tuple[Due, ...]:
    """Return what became due in (`after`, `now`], in order, without what has become pointless.

    After an outage only the latest reminder is still worth sending, none once access ends, and no
    announcement once the data goes (**choice**); the end is never left out. The deletion is none
    of them: it goes its own way, in batches (rules §5).
    """
    due = [one for one in timetable(notice) if (after is None or one.at > after) and one.at <= now]
    last = {one.action: one for one in due}
    if Action.END in last:
        last.pop(Action.REMIND, None)
    if last.pop(Action.PURGE, None):
        last.pop(Action.ANNOUNCE_DELETION, None)
    return tuple(last.values())


# Those who ask on one day for the end of one day share it: each is reckoned once.
@lru_cache(maxsize=1024)
def _timetable(
    requested_on: date,
    effective_on: date,
    access_ends_at: datetime,
    deleted_on: date,
    deletes_at: datetime,
    zone: str,
) -> tuple[Due, ...]:
    return (
        *_reminders(requested_on, effective_on, zone),
        Due(access_ends_at, Action.END, MESSAGE_OF[Action.END]),
        _announcement(effective_on, deleted_on, zone),
        Due(deletes_at, Action.PURGE, MESSAGE_OF[Action.PURGE]),
    )


def _reminders(requested_on: date, effective_on: date, zone: str) -> tuple[Due, ...]:
    """Return the reminders that make sense for an ending, earliest first."""
    return tuple(
        Due(begins_at(day, ZoneInfo(zone), MORNING), Action.REMIND, message)
        for days, silence, message in REMINDERS
        if (day := days_later(effective_on, -days)) > days_later(requested_on, silence)
    )


def _announcement(effective_on: date, deleted_on: date, zone: str) -> Due:
    announced_on = max(days_later(deleted_on, -DELETION_NOTICE_DAYS), effective_on)
    at = begins_at(announced_on, ZoneInfo(zone), MORNING)
    return Due(at, Action.ANNOUNCE_DELETION, MESSAGE_OF[Action.ANNOUNCE_DELETION])
