"""The open stretches of one year in UTC, indexed so that every question is one bisection.

A desk is open at an instant exactly when the wall clock of its zone shows a time of its hours
(**choice**): an opening that the clocks leap over happens when the leap ends, and hours that the
clocks show twice are open twice (rules §2). Years are those of UTC, so that they never overlap.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from helpdesk.rules.instants import DAY, spans, ticks
from helpdesk.rules.months import OutOfCalendar
from helpdesk.rules.seasons import Span


@dataclass(frozen=True, slots=True)
class OpenYear:
    """Open stretches of one UTC year, in ticks, in order, never touching; `passed` sums them."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    passed: tuple[int, ...]

    @property
    def total(self) -> int:
        """Return the open time of the whole year."""
        return self.passed[-1]

    def at(self, tick: int) -> Span | None:
        """Return the stretch that has this tick, if it is open."""
        n = bisect_right(self.starts, tick) - 1
        return (self.starts[n], self.ends[n]) if n >= 0 and tick < self.ends[n] else None

    def ending_after(self, tick: int) -> Span | None:
        """Return the first stretch that ends later than this tick, if the year has one."""
        n = bisect_right(self.ends, tick)
        return (self.starts[n], self.ends[n]) if n < len(self.ends) else None

    def before(self, tick: int) -> int:
        """Return the open time of the year that has passed at this tick."""
        n = bisect_right(self.starts, tick)
        if n == 0:
            return 0
        return self.passed[n - 1] + min(tick, self.ends[n - 1]) - self.starts[n - 1]


def open_year(year: int, zone: ZoneInfo, hours: Callable[[date], Iterable[Span]]) -> OpenYear:
    """Return the index of a UTC year, given the hours of each local day of `zone`.

    Raises `OutOfCalendar` outside the years 1 to 9999.
    """
    joined: list[list[int]] = []
    for start, end in _stretches(year, zone, hours):
        if joined and joined[-1][1] == start:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    lengths = accumulate((end - start for start, end in joined), initial=0)
    return OpenYear(
        tuple(start for start, _ in joined), tuple(end for _, end in joined), tuple(lengths)
    )


def _stretches(
    year: int, zone: ZoneInfo, hours: Callable[[date], Iterable[Span]]
) -> Iterator[Span]:
    """Yield the open stretches of a UTC year in order, in ticks; some may touch."""
    first, last = _ends(year)
    walls = [
        (midnight + opens, midnight + closes)
        for day, midnight in _days(first, last)
        for opens, closes in hours(day)
    ]
    for start, end, ahead in spans(zone, first, last):
        for opens, closes in walls:
            stretch = max(opens - ahead, start), min(closes - ahead, end)
            if stretch[0] < stretch[1]:
                yield stretch


def _ends(year: int) -> Span:
    """Return the first tick of a UTC year and that of the next."""
    if not 1 <= year <= MAXYEAR:
        raise OutOfCalendar("The instant lies outside the years 1 to 9999.")
    first = ticks(datetime(year, 1, 1, tzinfo=UTC))
    return first, ticks(datetime(year, 12, 31, tzinfo=UTC)) + DAY


def _days(first: int, last: int) -> Iterator[tuple[date, int]]:
    """Yield each local day that any zone can have between two ticks, and its wall midnight.

    Clocks are less than a day away from UTC, so one day more on each side is enough.
    """
    for midnight in range(max(first - DAY, 0), last + DAY, DAY):
        days = midnight // DAY
        if days < date.max.toordinal():
            yield date.min + timedelta(days=days), midnight
