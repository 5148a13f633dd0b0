"""The open stretches of years on end as one line: whatever is added, it costs two bisections.

Instants stay instants here. Ticks would have to be made of them and back, which takes longer than
all the rest.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from helpdesk.rules.instants import TICK, instant
from helpdesk.rules.months import OutOfCalendar
from helpdesk.rules.open_year import OpenYear

PATIENCE = 41
"""Years looked through for an opening: the same weekday on 29 February may be 40 years away."""

Stretches = tuple[tuple[datetime, ...], tuple[timedelta, ...]]
"""Where each open stretch starts, and the open time before each; one more, for that of them all."""


class NeverOpens(ValueError):
    """The desk does not open again within 41 years."""

    def __init__(self) -> None:
        super().__init__("The desk does not open again within 41 years.")


class OpenLine:
    """The open time from the beginning of a UTC year on; it grows as far as somebody asks."""

    def __init__(self, year: int, index: Callable[[int], OpenYear]) -> None:
        """Begin with a year of those that `index` returns, after an empty stretch at New Year."""
        self._index = index
        empty: Stretches = (datetime(year, 1, 1, tzinfo=UTC),), (timedelta(0),) * 2
        # Both in one, so that no thread reads the one without the other.
        self._known = _followed(empty, index(year)), year

    def after(self, at: datetime, amount: timedelta) -> datetime:
        """Return the first instant by which so much open time has passed since one in the year.

        Both are UTC. Raises `NeverOpens`, and `OutOfCalendar` beyond the year 9999.
        """
        (starts, passed), _year = self._known
        n = bisect_right(starts, at) - 1
        try:
            until = passed[n] + min(at - starts[n], passed[n + 1] - passed[n]) + amount
            if until > passed[-1]:
                starts, passed = self._grown(until)
            n = bisect_left(passed, until) - 1
            return starts[n] + (until - passed[n])
        except OverflowError:
            raise OutOfCalendar("The instant lies outside the years 1 to 9999.") from None

    def _grown(self, until: timedelta) -> Stretches:
        """Return the line with so much open time on it, and keep it."""
        (known, year), waited = self._known, 0
        while until > known[1][-1]:
            year += 1
            longer = _followed(known, self._index(year))
            waited = waited + 1 if longer[1][-1] == known[1][-1] else 0
            if waited > PATIENCE:
                raise NeverOpens
            known = longer
        self._known = known, year
        return known


def _followed(known: Stretches, by: OpenYear) -> Stretches:
    starts, passed = known
    more = (passed[-1] + time * TICK for time in by.passed[1:])
    return (*starts, *map(instant, by.starts)), (*passed, *more)
