"""The hours of a phone line in words, as a signature tells them."""

from datetime import date, time, timedelta
from itertools import groupby

from flask_babel import gettext

from helpdesk.languages import current, listed, month_day, weekday
from helpdesk.rules.seasons import Interval, Season
from helpdesk.rules.vocabulary import Language

A_MONDAY = date(2026, 3, 2)


def in_words(season: Season) -> str:
    """Say from when to when a season goes and when the line is open in it, days alike together."""
    first, last = month_day(season.first), month_day(season.last)
    days = []
    for intervals, alike in groupby(range(7), key=lambda number: season.week[number]):
        numbers = list(alike)
        if intervals:
            days.append(_days(numbers[0], numbers[-1], intervals))
    hours = ", ".join(days) or gettext("closed")
    return gettext("From %(first)s to %(last)s: %(hours)s.", first=first, last=last, hours=hours)


def _days(first: int, last: int, intervals: tuple[Interval, ...]) -> str:
    hours = listed(
        gettext("from %(opens)s to %(closes)s", opens=_time(one.opens), closes=_time(one.closes))
        for one in intervals
    )
    names = [weekday(A_MONDAY + timedelta(days=number)) for number in (first, last)]
    if first == last:
        return gettext("%(day)s %(hours)s", day=names[0], hours=hours)
    return gettext("%(first)s to %(last)s %(hours)s", first=names[0], last=names[1], hours=hours)


def _time(wall: time | None) -> str:
    """Write a wall time as prose does: 9 h 00 in French, 9:00 elsewhere; None is 24:00."""
    hour, minute = (wall.hour, wall.minute) if wall else (24, 0)
    if current() is Language.FRENCH:
        return f"{hour}\u00a0h\u00a0{minute:02}"
    return f"{hour}:{minute:02}"
