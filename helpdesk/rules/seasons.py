"""The weekly hours of a desk, season by season, and what makes them refused (rules §2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, Self

from helpdesk.rules.instants import DAY

MonthDay = tuple[int, int]
"""A month and a day of it, in any year."""

Span = tuple[int, int]
"""Two ends in microseconds, the second one not in it: of wall time since midnight, or ticks."""

LEAP_YEAR = 2000
MIDNIGHT = "24:00"
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class HoursFault(StrEnum):
    """What can be wrong with a desk's hours."""

    NO_SUCH_DAY = "no_such_day"
    NOT_A_WEEK = "not_a_week"
    EMPTY = "empty"
    CROSSES_MIDNIGHT = "crosses_midnight"
    INTERVALS_OVERLAP = "intervals_overlap"
    GAP = "gap"
    SEASONS_OVERLAP = "seasons_overlap"


class HoursRefused(ValueError):
    """The hours leave a day out, cover it twice, or are no hours at all; `day` names it."""

    def __init__(self, fault: HoursFault, day: str, message: str) -> None:
        super().__init__(f"{day}: {message}")
        self.fault = fault
        self.day = day


@dataclass(frozen=True, slots=True)
class Interval:
    """Open from `opens` until just before `closes`, local wall times; None is 24:00 (rules §2)."""

    opens: time
    closes: time | None

    @property
    def span(self) -> Span:
        """Return both ends in microseconds of wall time since midnight."""
        closes = DAY if self.closes is None else _since_midnight(self.closes)
        return _since_midnight(self.opens), closes

    def check(self, day: str) -> None:
        """Raise `HoursRefused`, naming `day`, when the interval is empty or crosses midnight."""
        opens, closes = self.span
        if closes == opens:
            raise HoursRefused(HoursFault.EMPTY, day, f"{self.shown} is empty.")
        if closes < opens:
            raise HoursRefused(HoursFault.CROSSES_MIDNIGHT, day, f"{self.shown} crosses midnight.")

    @property
    def shown(self) -> str:
        """Return the interval as people write it, 09:00–14:00."""
        return "–".join(self.as_json())

    def as_json(self) -> list[str]:
        """Return both ends as plain values."""
        closes = MIDNIGHT if self.closes is None else f"{self.closes:%H:%M}"
        return [f"{self.opens:%H:%M}", closes]

    @classmethod
    def from_json(cls, kept: Sequence[str]) -> Self:
        """Return the interval that `as_json` wrote."""
        opens, closes = kept
        ends = None if closes == MIDNIGHT else time.fromisoformat(closes)
        return cls(time.fromisoformat(opens), ends)


@dataclass(frozen=True, slots=True)
class Season:
    """A range of month-days that comes back each year, both ends in it, and its seven days.

    It wraps over New Year when `last` comes before `first`; `week` begins on Monday (rules §2).
    """

    name: str
    first: MonthDay
    last: MonthDay
    week: tuple[tuple[Interval, ...], ...]

    def covers(self, day: MonthDay) -> bool:
        """Tell whether the season has this month-day."""
        if self.first <= self.last:
            return self.first <= day <= self.last
        return day >= self.first or day <= self.last

    def spans(self, weekday: int) -> tuple[Span, ...]:
        """Return the hours of a weekday, Monday being 0, in order of wall time."""
        return tuple(sorted(interval.span for interval in self.week[weekday]))

    def as_json(self) -> dict[str, Any]:
        """Return the season as plain values."""
        week = [[interval.as_json() for interval in day] for day in self.week]
        return {"name": self.name, "first": self.first, "last": self.last, "week": week}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the season that `as_json` wrote."""
        return cls(
            name=kept["name"],
            first=(kept["first"][0], kept["first"][1]),
            last=(kept["last"][0], kept["last"][1]),
            week=tuple(tuple(Interval.from_json(ends) for ends in day) for day in kept["week"]),
        )


def by_day(seasons: Sequence[Season]) -> dict[MonthDay, Season]:
    """Return the season of each of the 366 month-days, 29 February included (rules §2).

    Raises `HoursRefused`, naming the first day at fault, unless each has exactly one season and
    every interval is in order.
    """
    for season in seasons:
        _check(season)
    found: dict[MonthDay, Season] = {}
    for n in range(366):
        day = date(LEAP_YEAR, 1, 1) + timedelta(days=n)
        covering = [season for season in seasons if season.covers((day.month, day.day))]
        name = f"{day.day} {day:%B}"
        if not covering:
            raise HoursRefused(HoursFault.GAP, name, "this day is in no season.")
        if len(covering) > 1:
            names = " and ".join(season.name for season in covering)
            raise HoursRefused(HoursFault.SEASONS_OVERLAP, name, f"this day is in {names}.")
        found[day.month, day.day] = covering[0]
    return found


def _check(season: Season) -> None:
    """Raise `HoursRefused` when a season's ends or its week are not in order."""
    for month, day in (season.first, season.last):
        try:
            date(LEAP_YEAR, month, day)
        except ValueError:
            name = f"{season.name}, day {day} of month {month}"
            raise HoursRefused(HoursFault.NO_SUCH_DAY, name, "there is no such day.") from None
    if len(season.week) != len(WEEK):
        raise HoursRefused(HoursFault.NOT_A_WEEK, season.name, "a week has seven days.")
    for weekday, intervals in zip(WEEK, season.week, strict=True):
        _check_day(f"{weekday} of {season.name}", intervals)


def _check_day(day: str, intervals: tuple[Interval, ...]) -> None:
    """Raise `HoursRefused`, naming `day`, when its intervals are not in order or overlap."""
    for interval in intervals:
        interval.check(day)
    for one, next_one in pairwise(sorted(intervals, key=lambda interval: interval.span)):
        if next_one.span[0] < one.span[1]:
            raise HoursRefused(
                HoursFault.INTERVALS_OVERLAP, day, f"{one.shown} and {next_one.shown} overlap."
            )


def _since_midnight(wall: time) -> int:
    """Return a wall time in microseconds since midnight."""
    return timedelta(
        hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond
    ) // timedelta(microseconds=1)
