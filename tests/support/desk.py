"""Desks with the hours that a test needs."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from helpdesk.desk.standard import hours_of
from helpdesk.rules.opening_hours import (
    Closure,
    Interval,
    OpeningHours,
    Season,
)

MADRID = ZoneInfo("Europe/Madrid")
SPAIN = hours_of("es")
ALL_DAY = Interval(time(0), None)


@dataclass(frozen=True)
class DaysOff:
    days: dict[date, tuple[Closure, ...]] = field(default_factory=dict)

    def on(self, day: date) -> tuple[Closure, ...]:
        return self.days.get(day, ())


def hours(
    *intervals: Interval, zone: str = "Europe/Madrid", off: DaysOff | None = None
) -> OpeningHours:
    """Return a desk with the same hours every day."""
    year = Season("all_year", (1, 1), (12, 31), (intervals,) * 7)
    return OpeningHours(ZoneInfo(zone), (year,), off or DaysOff())


def at(text: str, zone: ZoneInfo = MADRID, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
