"""Between wall clocks and instants, exactly, over every change of the clocks (rules §1, §2).

Instants are aware datetimes. Where many of them are compared they are *ticks*: whole microseconds
since the beginning of year 1 in UTC, so that nothing is ever rounded.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from helpdesk.rules.months import OutOfCalendar

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SECOND = 1_000_000
DAY = 86_400 * SECOND


def ticks(at: datetime) -> int:
    """Return the whole microseconds from the beginning of year 1 (UTC) to the aware `at`.

    Raises `ValueError` when `at` has no time zone.
    """
    if at.utcoffset() is None:
        raise ValueError("An instant needs its time zone.")
    return (at - BEGINNING) // TICK


def instant(tick: int) -> datetime:
    """Return the UTC instant of a tick; raises `OutOfCalendar` outside the years 1 to 9999."""
    try:
        return BEGINNING + tick * TICK
    except OverflowError:
        raise OutOfCalendar("The instant lies outside the years 1 to 9999.") from None


def local(at: datetime, zone: tzinfo) -> datetime:
    """Return the aware `at` on the wall clock of `zone`.

    Raises `ValueError` when `at` has no time zone, `OutOfCalendar` outside the years 1 to 9999.
    """
    if at.tzinfo is zone:
        return at
    if at.utcoffset() is None:
        raise ValueError("An instant needs its time zone.")
    try:
        return at.astimezone(zone)
    except OverflowError:
        raise OutOfCalendar(f"{at} in {zone} lies outside the years 1 to 9999.") from None


def begins_at(day: date, zone: ZoneInfo, wall: time = time.min) -> datetime:
    """Return the first UTC instant at which clocks in `zone` show `day` at `wall`, or later.

    A wall time that happens twice means the first (**choice**); one that the clocks leap over
    means the end of the leap, so a day that begins at 01:00 begins at 01:00 (rules §1). Raises
    `OutOfCalendar` outside the years 1 to 9999.
    """
    shown = datetime.combine(day, wall, tzinfo=zone)
    try:
        after = shown.astimezone(UTC)
        if after.astimezone(zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
            return after
        before = shown.replace(fold=1).astimezone(UTC)
    except OverflowError:
        raise OutOfCalendar(f"{day} in {zone} lies outside the years 1 to 9999.") from None
    return instant(_change(zone, ticks(before), ticks(after)))


def spans(zone: ZoneInfo, first: int, last: int) -> list[tuple[int, int, int]]:
    """Return the (start, end, offset from UTC) of each constant stretch in [first, last).

    All in ticks; `first` is a whole second. The zone is looked at once a day, so two changes
    that cancel each other within one day would go unseen; no zone has had that.
    """
    found: list[tuple[int, int, int]] = []
    start, offset = first, _offset(zone, first)
    for day in range(first, last, DAY):
        end_of_day = min(day + DAY, last) - SECOND
        while _offset(zone, end_of_day) != offset:
            change = _change(zone, max(day, start), end_of_day)
            found.append((start, change, offset))
            start, offset = change, _offset(zone, change)
    found.append((start, last, offset))
    return found


def _offset(zone: ZoneInfo, tick: int) -> int:
    """Return what `zone` is ahead of UTC by at a tick, in ticks."""
    at = instant(tick)
    try:
        ahead = at.astimezone(zone).utcoffset()
    except OverflowError:
        ahead = at.replace(tzinfo=zone).utcoffset()
    return (ahead or timedelta()) // TICK


def _change(zone: ZoneInfo, low: int, high: int) -> int:
    """Return the tick in (low, high] at which the offset of `zone` stops being that at `low`."""
    old = _offset(zone, low)
    low, high = low // SECOND, high // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle * SECOND) == old:
            low = middle
        else:
            high = middle
    return high * SECOND
