"""When the line is open: one question each, exact over every change of the clocks (rules §2).

Open time is elapsed time. Whatever the distance, a question costs a few bisections in years that
are indexed once and kept (`open_year.py`). All instants given are aware, all returned are UTC.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, date, datetime, timedelta
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from helpdesk.rules.closures import Closure, Closures, hours_left
from helpdesk.rules.instants import TICK, instant, local, ticks
from helpdesk.rules.months import OutOfCalendar
from helpdesk.rules.open_line import PATIENCE, NeverOpens, OpenLine
from helpdesk.rules.open_year import OpenYear, open_year
from helpdesk.rules.seasons import (
    HoursFault,
    HoursRefused,
    Interval,
    MonthDay,
    Season,
    Span,
    by_day,
)

__all__ = [
    "Closure",
    "Closures",
    "HoursFault",
    "HoursRefused",
    "Interval",
    "NeverCloses",
    "NeverOpens",
    "OpeningHours",
    "OutOfCalendar",
    "Season",
]
NOTHING = timedelta(0)


class NeverCloses(ValueError):
    """The desk does not close, or has not, within 41 years."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The hours of a desk: its zone, seasons that cover each day once, and its days off.

    Raises `HoursRefused` when the seasons do not. Methods raise `ValueError` for an instant
    without time zone and `OutOfCalendar` outside the years 1 to 9999.
    """

    zone: ZoneInfo
    seasons: tuple[Season, ...]
    closures: Closures
    _season: dict[MonthDay, Season] = field(init=False, repr=False, compare=False)
    _spans: Callable[[int, int, int], tuple[Span, ...]] = field(
        init=False, repr=False, compare=False
    )
    _year: Callable[[int], OpenYear] = field(init=False, repr=False, compare=False)
    _years: Callable[[int, int], int] = field(init=False, repr=False, compare=False)
    _line: Callable[[int], OpenLine] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        season = by_day(self.seasons)
        object.__setattr__(self, "_season", season)
        spans = lru_cache(maxsize=None)(lambda month, day, n: season[month, day].spans(n))
        object.__setattr__(self, "_spans", spans)
        year = lru_cache(maxsize=64)(partial(open_year, zone=self.zone, hours=self._hours))
        object.__setattr__(self, "_year", year)
        total = lru_cache(maxsize=None)(lambda n: year(n).total)
        years = lru_cache(maxsize=64)(lambda n, until: sum(map(total, range(n, until))))
        object.__setattr__(self, "_years", years)
        line = lru_cache(maxsize=16)(partial(OpenLine, index=year))
        object.__setattr__(self, "_line", line)

    def is_open(self, at: datetime) -> bool:
        """Tell whether the line is open at an instant; at a closing time it is not."""
        return self._at(ticks(at)) is not None

    def season(self, at: datetime) -> Season:
        """Return the season of the local day of an instant."""
        day = local(at, self.zone)
        return self._season[day.month, day.day]

    def interval(self, at: datetime) -> tuple[datetime, datetime] | None:
        """Return the opening and the closing instant around `at`, or None when closed.

        Hours that end at 24:00 go on with the next day's 00:00. Raises `NeverCloses`.
        """
        stretch = self._at(ticks(at))
        if stretch is None:
            return None
        return instant(self._joined_start(stretch[0])), instant(self._joined_end(stretch[1]))

    def next_opening(self, at: datetime) -> datetime:
        """Return the earliest instant, `at` or later, that is open; raises `NeverOpens`."""
        tick = ticks(at)
        return instant(max(tick, self._ending_after(tick)[0]))

    def next_closing(self, at: datetime) -> datetime:
        """Return the first closing instant later than `at`.

        Of the hours under way when open, else of the next. Raises `NeverOpens`, `NeverCloses`.
        """
        return instant(self._joined_end(self._ending_after(ticks(at))[1]))

    def add(self, at: datetime, amount: timedelta) -> datetime:
        """Return the earliest instant by which `amount` of open time has passed since `at`.

        It can be a closing instant: 9:00 plus 5 h is 14:00; nothing added is `at` itself. Raises
        `NeverOpens`, and `ValueError` for a negative amount.
        """
        if amount < NOTHING:
            raise ValueError("Open time is added, never taken away.")
        start = local(at, UTC)
        return self._line(start.year).after(start, amount) if amount else start

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time from `start` to `end`; raises `ValueError` when end is earlier."""
        first, last = ticks(start), ticks(end)
        if last < first:
            raise ValueError("The end is earlier than the start.")
        year, until = instant(first).year, instant(last).year
        passed = self._year(until).before(last) - self._year(year).before(first)
        return (passed + self._years(year, until)) * TICK

    def closed_for(self, at: datetime) -> str | None:
        """Return the name of the closure that shuts the line at an instant.

        A whole day off counts all day if there would have been hours that day, a part of one if
        there would have been hours at that time.
        """
        wall = local(at, self.zone)
        midnight = wall.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
        since = (wall.replace(tzinfo=None) - midnight) // TICK
        hours = self._spans(wall.month, wall.day, wall.weekday())
        due = any(opens <= since < closes for opens, closes in hours)
        for closure in self.closures.on(wall.date()):
            shut, reopens = closure.span
            if (due and shut <= since < reopens) or (hours and closure.part is None):
                return closure.name
        return None

    def _hours(self, day: date) -> tuple[Span, ...]:
        """Return the hours of a local day, its closures taken out."""
        hours = self._spans(day.month, day.day, day.weekday())
        closures = self.closures.on(day) if hours else ()
        return hours_left(hours, closures) if closures else hours

    def _at(self, tick: int) -> Span | None:
        """Return the stretch, within its UTC year, that has this tick."""
        return self._year(instant(tick).year).at(tick)

    def _ending_after(self, tick: int) -> Span:
        """Return the first stretch, within its UTC year, that ends later than this tick."""
        year = instant(tick).year
        for n in range(year, min(year + PATIENCE, MAXYEAR) + 1):
            stretch = self._year(n).ending_after(tick)
            if stretch is not None:
                return stretch
        raise NeverOpens

    def _joined_end(self, end: int) -> int:
        """Return where the stretch that ends a UTC year really ends."""
        limit = instant(end).year + PATIENCE
        while stretch := self._at(end):
            end = stretch[1]
            if instant(end).year > limit:
                raise NeverCloses("The desk does not close within 41 years.")
        return end

    def _joined_start(self, start: int) -> int:
        """Return where the stretch that begins a UTC year really begins."""
        limit = instant(start).year - PATIENCE
        while start > 0 and (stretch := self._at(start - 1)):
            start = stretch[0]
            if instant(start).year < limit:
                raise NeverCloses("The desk has not closed for 41 years.")
        return start
