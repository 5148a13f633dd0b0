"""From a request to its dates, each with its reason (rules §1).

Everything that a subscription's end means is computed here, once, when the request is filed.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from helpdesk.rules.explanation import Step
from helpdesk.rules.instants import begins_at, local
from helpdesk.rules.months import (
    OutOfCalendar,
    days_later,
    months_later,
    renewal_date,
)
from helpdesk.rules.vocabulary import StepRule

__all__ = [
    "Notice",
    "OutOfCalendar",
    "Terms",
    "give_notice",
    "last_day_for_same_end",
    "later_end",
    "next_renewal",
    "renewal_after",
]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the contract in force says: first day, term and retention in months, notice in days."""

    anchor_on: date
    term_months: int
    notice_days: int = 30
    retention_months: int = 6

    def __post_init__(self) -> None:
        if self.term_months < 1:
            raise ValueError("A term lasts at least one month.")
        if self.notice_days < 0:
            raise ValueError("A notice cannot be negative.")
        if self.retention_months < 1:
            raise ValueError("Data is kept for at least one month.")


@dataclass(frozen=True, slots=True)
class Notice:
    """The dates of one cancellation: days are local to `zone`, instants are UTC."""

    requested_on: date
    notice_ends_on: date
    effective_on: date
    last_access_on: date
    access_ends_at: datetime
    deleted_on: date
    deletes_at: datetime
    zone: str
    steps: tuple[Step, ...]


def give_notice(requested_at: datetime, zone: ZoneInfo, terms: Terms) -> Notice:
    """Return all dates that follow from a request made at an instant (rules §1).

    The request date is the local one in `zone`, the company's. Raises `ValueError` for an instant
    without time zone and `OutOfCalendar` when a date leaves the years 1 to 9999.
    """
    requested_on = local(requested_at, zone).date()
    notice_ends_on = days_later(requested_on, terms.notice_days)
    effective_on = next_renewal(notice_ends_on, terms)
    deleted_on = months_later(effective_on, terms.retention_months)
    dates = Notice(
        requested_on=requested_on,
        notice_ends_on=notice_ends_on,
        effective_on=effective_on,
        last_access_on=days_later(effective_on, -1),
        access_ends_at=begins_at(effective_on, zone),
        deleted_on=deleted_on,
        deletes_at=begins_at(deleted_on, zone),
        zone=zone.key,
        steps=(),
    )
    return replace(dates, steps=_steps(requested_at, dates, terms))


def next_renewal(on: date, terms: Terms) -> date:
    """Return the first renewal date on or after `on`, the anchor included (rules §1).

    Raises `OutOfCalendar` when it lies after the year 9999.
    """
    anchor = terms.anchor_on
    months = (on.year - anchor.year) * 12 + on.month - anchor.month
    n = max(0, months // terms.term_months)
    renewal = renewal_date(anchor, terms.term_months, n)
    return renewal if renewal >= on else renewal_date(anchor, terms.term_months, n + 1)


def renewal_after(day: date, terms: Terms) -> date:
    """Return the first renewal date later than a day (rules §1).

    Raises `OutOfCalendar` when it lies after the year 9999.
    """
    return next_renewal(days_later(day, 1), terms)


def last_day_for_same_end(notice: Notice, terms: Terms) -> date:
    """Return the last request date that still ends on the same day (rules §1).

    "Jusqu'au lundi 16 mars, la fin reste au 15 avril"; the day after, it is `later_end`.
    """
    return days_later(notice.effective_on, -terms.notice_days)


def later_end(notice: Notice, terms: Terms) -> date:
    """Return the effective date of a request made after `last_day_for_same_end` (rules §1).

    That is the next renewal; raises `OutOfCalendar` when it lies after the year 9999.
    """
    return renewal_after(notice.effective_on, terms)


def _steps(requested_at: datetime, notice: Notice, terms: Terms) -> tuple[Step, ...]:
    """Return the explanation of a notice, in the order in which a person would reason."""
    asked_at = requested_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    requested, notice_end, end = (
        day.isoformat() for day in (notice.requested_on, notice.notice_ends_on, notice.effective_on)
    )
    days, term, kept = (
        str(number) for number in (terms.notice_days, terms.term_months, terms.retention_months)
    )
    anchor = (("anchor", terms.anchor_on.isoformat()), ("term_months", term))
    return (
        Step(
            StepRule.REQUEST_DATE,
            notice.requested_on,
            (("requested_at", asked_at), ("zone", notice.zone)),
        ),
        Step(
            StepRule.NOTICE_END,
            notice.notice_ends_on,
            (("requested_on", requested), ("days", days)),
        ),
        Step(StepRule.RENEWAL, notice.effective_on, (("notice_ends_on", notice_end), *anchor)),
        Step(StepRule.LAST_DAY, notice.last_access_on, (("effective_on", end),)),
        Step(StepRule.DELETION, notice.deleted_on, (("effective_on", end), ("months", kept))),
    )
