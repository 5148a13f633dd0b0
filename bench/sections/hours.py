"""The opening hours, beside the `businesstimedelta` package on the same questions.

The package knows no seasons, so both are asked about a desk with the same hours all year.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import pytz
from businesstimedelta import BusinessTimeDelta, HolidayRule, LunchTimeRule, Rules, WorkDayRule

from bench.figures import ROUNDS, Line, middle
from bench.stage import Stage
from helpdesk.desk.public_holidays import PublicHolidays
from helpdesk.rules.opening_hours import Interval, OpeningHours, Season

ZONE = "Europe/Madrid"
OPENS, PAUSES, GOES_ON, CLOSES = time(9), time(14), time(15), time(18)
WEEK = ((Interval(OPENS, PAUSES), Interval(GOES_ON, CLOSES)),) * 5 + ((), ())
EIGHT_HOURS, A_DAY, A_YEAR = timedelta(hours=8), timedelta(days=1), timedelta(days=365)
TEN_YEARS = timedelta(days=3652)
OPEN_IN_TEN_YEARS = timedelta(hours=8) * 2400
STARTS = tuple(
    datetime(2026, 1, 5, 8, 17, tzinfo=UTC) + n * timedelta(days=11, hours=5, minutes=13)
    for n in range(64)
)
OURS_TIMES = 16_384
FEWER = 4
"""A year takes the package so long that it is asked about fewer starts."""

Question = Callable[[datetime], Any]


class Differ(Exception):
    """The two do not give the same answer, so comparing their speed says nothing."""


def measure(stage: Stage) -> list[Line]:
    """Return the lines of the opening hours."""
    ours, theirs = our_answers(), their_answers()
    check(ours, theirs)
    lines = []
    for done, (name, limit) in enumerate(LIMITS.items(), start=1):
        lines.append(_against(name, (ours[name], theirs[name]), limit))
        stage.say("Opening hours", done, len(LIMITS))
    return [*lines, *_distances(our_hours())]


LIMITS = {
    "is it open": 1.0,
    "next opening": 1.0,
    "add 8 open hours": 300.0,
    "open time over a year": 300.0,
}
"""How many times faster each must be; nothing is asked of the first two but to be no slower."""


def our_hours() -> OpeningHours:
    """Return the desk as the product has it."""
    season = Season("all year", (1, 1), (12, 31), WEEK)
    return OpeningHours(ZoneInfo(ZONE), (season,), PublicHolidays())


def our_answers() -> dict[str, Question]:
    """Return what answers each question here."""
    hours = our_hours()
    return {
        "is it open": hours.is_open,
        "next opening": hours.next_opening,
        "add 8 open hours": lambda at: hours.add(at, EIGHT_HOURS),
        "open time over a year": lambda at: hours.open_between(at, at + A_YEAR),
    }


def their_answers() -> dict[str, Question]:
    """Return what answers each question with the package."""
    zone, days = pytz.timezone(ZONE), range(5)
    off = PublicHolidays()
    known = [
        day for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(5 * 366)) if off.on(day)
    ]
    rules = Rules(
        [
            WorkDayRule(start_time=OPENS, end_time=CLOSES, working_days=days, tz=zone),
            LunchTimeRule(start_time=PAUSES, end_time=GOES_ON, working_days=days, tz=zone),
            HolidayRule(frozenset(known), tz=zone),
        ]
    )
    return {
        "is it open": lambda at: rules.next(at)[0] == at,
        "next opening": lambda at: rules.next(at)[0],
        "add 8 open hours": lambda at: at + BusinessTimeDelta(rules, timedelta=EIGHT_HOURS),
        "open time over a year": lambda at: rules.difference(at, at + A_YEAR).timedelta,
    }


def check(ours: dict[str, Question], theirs: dict[str, Question]) -> None:
    """Raise Differ unless both give the same answers."""
    for name, answer in ours.items():
        for at in STARTS:
            mine, other = answer(at), theirs[name](at)
            if mine != other:
                raise Differ(f"{name} at {at}: {mine}, {other}")


def _against(name: str, answers: tuple[Question, Question], limit: float) -> Line:
    ours, theirs = answers
    many = FEWER if "year" in name else len(STARTS)
    for at in STARTS:
        ours(at)  # The years are indexed at the first question.
    paces = [(pace(ours, OURS_TIMES, many), pace(theirs, many, many)) for _ in range(ROUNDS)]
    return Line(
        f"opening hours: {name}",
        middle([mine for mine, _ in paces]),
        middle([other for _, other in paces]),
        "per s",
        "businesstimedelta",
        limit=limit,
        more_is_better=True,
    )


def _distances(hours: OpeningHours) -> list[Line]:
    """Return what ten years cost beside a day."""
    return [
        _distance(
            "add",
            lambda at: hours.add(at, OPEN_IN_TEN_YEARS),
            lambda at: hours.add(at, EIGHT_HOURS),
        ),
        _distance(
            "open time",
            lambda at: hours.open_between(at, at + TEN_YEARS),
            lambda at: hours.open_between(at, at + A_DAY),
        ),
    ]


def _distance(name: str, far: Question, near: Question) -> Line:
    for at in STARTS:
        far(at)
    paces = [(pace(far, OURS_TIMES), pace(near, OURS_TIMES)) for _ in range(ROUNDS)]
    return Line(
        f"opening hours: {name} over ten years",
        middle([1e6 / one for one, _ in paces]),
        middle([1e6 / other for _, other in paces]),
        "µs",
        "over a day",
        limit=1.2,
        more_is_better=False,
    )


def pace(question: Question, times: int, many: int = len(STARTS)) -> float:
    """Return how often a second a question is answered, asked about so many starts in turn."""
    starts = [STARTS[n % many] for n in range(times)]
    began = process_time()
    for at in starts:
        question(at)
    return times / (process_time() - began)
