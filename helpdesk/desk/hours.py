"""The hours of a desk as its rows tell them, and what the phone line's banner says (rules §2).

Hours are versioned by the day from which they hold: a change never alters what a past call says
about itself. Public holidays come with the desk; a supervisor's closures are added to them.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from helpdesk.desk.models import Desk, HoursVersion
from helpdesk.desk.public_holidays import PublicHolidays
from helpdesk.rules.instants import begins_at, local
from helpdesk.rules.opening_hours import (
    Closure,
    Interval,
    NeverCloses,
    NeverOpens,
    OpeningHours,
    Season,
)

_SEASONS = (
    select(Desk.zone, HoursVersion.valid_from, HoursVersion.seasons)
    .join(Desk.versions)
    .where(Desk.code == bindparam("code"))
    .order_by(HoursVersion.valid_from)
)
Moment = Callable[[OpeningHours, datetime], datetime | None]
"""An opening or a closing looked for in the hours of one version, from an instant on."""


class NoSuchDesk(LookupError):
    """There is no desk with this code."""


@dataclass(frozen=True, slots=True)
class LineStatus:
    """What is true of a phone line at an instant; all instants are UTC.

    `closes_at` when it is open, `opens_at` when it is closed; either is None when that never
    comes. `closure` names what shuts the line today. The banner must change at `changes_at`.
    """

    at: datetime
    zone: str
    is_open: bool
    season: Season
    closes_at: datetime | None
    opens_at: datetime | None
    closure: str | None
    changes_at: datetime

    @property
    def opens_in_days(self) -> int | None:
        """How many local days there are until it opens: 0 is today, 1 tomorrow."""
        return self._days_to(self.opens_at)

    @property
    def closes_in_days(self) -> int | None:
        """How many local days there are until it closes: 0 is today."""
        return self._days_to(self.closes_at)

    @property
    def changes_in_seconds(self) -> int:
        """How long the banner stays true, in whole seconds, never less."""
        return math.ceil((self.changes_at - self.at).total_seconds())

    def day_of(self, at: datetime) -> date:
        """Return the local day of an instant."""
        return local(at, ZoneInfo(self.zone)).date()

    def _days_to(self, at: datetime | None) -> int | None:
        return (self.day_of(at) - self.day_of(self.at)).days if at else None


def desk(session: Session, code: str) -> Desk:
    """Return a desk by its code; raises NoSuchDesk."""
    found = session.scalar(select(Desk).where(Desk.code == code))
    if found is None:
        raise NoSuchDesk(code)
    return found


def codes(session: Session) -> frozenset[str]:
    """Return the codes of the desks that have hours."""
    return frozenset(session.scalars(select(Desk.code).join(Desk.versions)))


def version_on(of: Desk, on: date) -> HoursVersion:
    """Return the version of the hours in force on a local day; before the first one, the first."""
    found: HoursVersion = _in_force(of.versions, on)
    return found


def _in_force(versions: Sequence[Any], on: date) -> Any:
    begun = [version for version in versions if version.valid_from <= on]
    return begun[-1] if begun else versions[0]


def opening_hours(session: Session, desk_code: str, on: date) -> OpeningHours:
    """Return the hours in force on a local day: seasons, public holidays, added and removed days.

    Raises NoSuchDesk, and HoursRefused when the rows are no hours.
    """
    found = desk(session, desk_code)
    return _hours(found, version_on(found, on))


def seasons(session: Session, desk_code: str, at: datetime) -> tuple[Season, ...]:
    """Return the seasons in force on the local day of an instant; none where nobody set any."""
    versions = session.connection().execute(_SEASONS, {"code": desk_code}).all()
    if not versions:
        return ()
    today = local(at, ZoneInfo(versions[0].zone)).date()
    return tuple(Season.from_json(row) for row in _in_force(versions, today).seasons)


def status_of(session: Session, desk_code: str, at: datetime) -> LineStatus | None:
    """Return what is true of the line at an instant; None where nobody set any hours."""
    found = _found(session, desk_code)
    return line_status(session, found.code, at) if found else None


def _found(session: Session, code: str) -> Desk | None:
    """Return the desk with this code; None where there is none, or it has no hours yet."""
    found = session.scalar(select(Desk).where(Desk.code == code))
    return found if found and found.versions else None


def is_open(session: Session, desk_code: str, at: datetime) -> bool:
    """Tell whether the line was open at an instant, by the hours in force on that day."""
    found = desk(session, desk_code)
    on = local(at, ZoneInfo(found.zone)).date()
    return _hours(found, version_on(found, on)).is_open(at)


def line_status(session: Session, desk_code: str, at: datetime) -> LineStatus:
    """Return what is true of the line at an instant, and until when it stays true."""
    found = desk(session, desk_code)
    zone = ZoneInfo(found.zone)
    today = local(at, zone).date()
    hours = _hours(found, version_on(found, today))
    opened = hours.is_open(at)
    closes_at = _first(found, at, _closing) if opened else None
    opens_at = None if opened else _first(found, at, _opening)
    turns = (closes_at, opens_at, begins_at(today + timedelta(days=1), zone))
    return LineStatus(
        at=at.astimezone(UTC),
        zone=found.zone,
        is_open=opened,
        season=hours.season(at),
        closes_at=closes_at,
        opens_at=opens_at,
        closure=None if opened else hours.closed_for(at),
        changes_at=min(turn for turn in turns if turn),
    )


def _first(of: Desk, at: datetime, moment: Moment) -> datetime | None:
    """Return the first such moment from `at` on, each stretch of time by its own version."""
    zone = ZoneInfo(of.zone)
    version = version_on(of, local(at, zone).date())
    for later in of.versions[of.versions.index(version) + 1 :]:
        until = begins_at(later.valid_from, zone)
        found = moment(_hours(of, version), at)
        if found is not None and found < until:
            return found
        version, at = later, max(at, until)
    return moment(_hours(of, version), at)


def _opening(hours: OpeningHours, at: datetime) -> datetime | None:
    try:
        return hours.next_opening(at)
    except NeverOpens:
        return None


def _closing(hours: OpeningHours, at: datetime) -> datetime | None:
    """Return when the open line closes: at once when these hours do not have it open."""
    try:
        return hours.next_closing(at) if hours.is_open(at) else at
    except NeverCloses:
        return None


def _hours(of: Desk, version: HoursVersion) -> OpeningHours:
    return _assembled(
        of.zone,
        tuple(Season.from_json(row) for row in version.seasons),
        tuple(
            (one.closed_on, Closure(one.name, _part(one.starts, one.ends)))
            for one in of.closures
            if not one.is_removed
        ),
        frozenset(one.closed_on for one in of.closures if one.is_removed),
    )


@lru_cache(maxsize=32)
def _assembled(
    zone: str,
    seasons: tuple[Season, ...],
    added: tuple[tuple[date, Closure], ...],
    removed: frozenset[date],
) -> OpeningHours:
    """Put hours together once: their years are indexed at the first question and kept."""
    off = PublicHolidays(added=dict(added), removed=removed)
    return OpeningHours(ZoneInfo(zone), seasons, off)


def _part(starts: time | None, ends: time | None) -> Interval | None:
    """Return the part of the day that is off; None, with neither end, is the whole day."""
    return Interval(starts or time.min, ends) if starts or ends else None
