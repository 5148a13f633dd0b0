"""The rules at the command line: options in, plain values out (rules §1, §2).

`helpdesk dates` and `helpdesk hours` answer one question, or one a line, so that anybody can check
a date that a customer was told without opening the helpdesk. Nothing here is kept.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import NoReturn
from zoneinfo import ZoneInfo, available_timezones

from helpdesk.desk.standard import hours_of
from helpdesk.rules.instants import local
from helpdesk.rules.months import OutOfCalendar
from helpdesk.rules.notice import Terms, give_notice
from helpdesk.rules.opening_hours import NeverCloses, NeverOpens, OpeningHours

Options = Mapping[str, object]
Answer = dict[str, object]

CONTRACT = ("timezone", "anchor", "term_months", "notice_days", "retention_months")
DATES_OPTIONS = ("requested_at", *CONTRACT)
HOURS_OPTIONS = ("at", "desk", "add", "until")
MOST_MONTHS = 1200
MOST_DAYS = 3660
MOST_DIGITS = 18
QUOTED = 60

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_DURATION = re.compile(
    r"P(?=\d|T\d)((?P<weeks>\d{1,9})W)?((?P<days>\d{1,9})D)?"
    r"(T(?=\d)((?P<hours>\d{1,9})H)?((?P<minutes>\d{1,9})M)?"
    r"((?P<seconds>\d{1,9})([.,](?P<fraction>\d{1,6}))?S)?)?",
    re.ASCII,
)


class BadInput(ValueError):
    """The question cannot be answered; the message is one line that says what is wrong."""


def answer_dates(options: Options) -> Answer:
    """Return the dates of a cancellation and why (rules §1); raises `BadInput`.

    A `requested_at` without offset is wall time in `timezone`; one that happens twice is the
    first, one that the clocks leap over counts from before the leap.
    """
    _known(options, DATES_OPTIONS)
    zone = _zone(_text(options, "timezone"))
    requested_at = instant(options, "requested_at", zone)
    terms = Terms(
        anchor_on=_day(options, "anchor"),
        term_months=_number(options, "term_months", 1, MOST_MONTHS),
        notice_days=_number(options, "notice_days", 0, MOST_DAYS, default=30),
        retention_months=_number(options, "retention_months", 1, MOST_MONTHS, default=6),
    )
    try:
        notice = give_notice(requested_at, zone, terms)
    except OutOfCalendar as refused:
        raise BadInput(str(refused)) from None
    return {
        "requested_on": notice.requested_on.isoformat(),
        "notice_ends_on": notice.notice_ends_on.isoformat(),
        "effective_on": notice.effective_on.isoformat(),
        "last_access_on": notice.last_access_on.isoformat(),
        "access_ends_at": notice.access_ends_at.isoformat().replace("+00:00", "Z"),
        "data_deleted_on": notice.deleted_on.isoformat(),
        "why": [step.as_json() for step in notice.steps],
    }


def answer_hours(options: Options, desk: Callable[[str], OpeningHours] = hours_of) -> Answer:
    """Return what the opening hours say about an instant (rules §2); raises `BadInput`.

    `desk` finds the hours of a desk's code, or raises `KeyError`. Times without offset are in the
    desk's zone, and so are all results; what has no meaning, or never comes, is None.
    """
    _known(options, HOURS_OPTIONS)
    code = "es" if options.get("desk") is None else _text(options, "desk")
    try:
        hours = desk(code)
    except KeyError:
        raise BadInput(f"There is no desk {_quoted(code)}.") from None
    at = instant(options, "at", hours.zone)
    try:
        return _state(hours, at) | _added(hours, at, options) | _counted(hours, at, options)
    except (OutOfCalendar, NeverOpens) as refused:
        raise BadInput(str(refused)) from None


def answer_lines(
    lines: Iterable[str | bytes], answer: Callable[[Options], Answer]
) -> Iterator[str]:
    """Yield one JSON answer for each line, in order; a bad line gets an `error` and no other harm.

    Bytes that are not UTF-8 are replaced.
    """
    for line in lines:
        text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
        try:
            found = answer(_parsed(text.strip()))
        except BadInput as refused:
            found = {"error": str(refused)}
        yield json.dumps(found)


def as_text(answer: Answer) -> str:
    """Return an answer as lines for people, one fact each, its reasons numbered below."""
    facts = {name: value for name, value in answer.items() if name != "why"}
    width = max(map(len, facts)) + 1
    lines = [
        f"{name.replace('_', ' ').capitalize() + ':':<{width}} {_shown(value)}"
        for name, value in facts.items()
    ]
    why = answer.get("why")
    if isinstance(why, list):
        lines.append("Why:")
        for n, step in enumerate(why, 1):
            given = ", ".join(f"{name} {value}" for name, value in step["input"].items())
            lines.append(f"  {n}. {step['rule']}: {given} → {step['result']}")
    return "\n".join(lines)


def _state(hours: OpeningHours, at: datetime) -> Answer:
    """Return whether the line is open, and when that changes."""
    is_open = hours.is_open(at)
    changes_at: str | None
    try:
        change = hours.next_closing(at) if is_open else hours.next_opening(at)
        changes_at = local(change, hours.zone).isoformat()
    except (NeverOpens, NeverCloses):
        changes_at = None
    return {
        "open": is_open,
        "season": hours.season(at).name,
        "closes_at": changes_at if is_open else None,
        "opens_at": None if is_open else changes_at,
    }


def _added(hours: OpeningHours, at: datetime, options: Options) -> Answer:
    """Return the instant by which the open time of `add` has passed, if it was asked."""
    if options.get("add") is None:
        return {}
    reached = hours.add(at, _duration(_text(options, "add")))
    return {"add_result": local(reached, hours.zone).isoformat()}


def _counted(hours: OpeningHours, at: datetime, options: Options) -> Answer:
    """Return the open seconds to `until`, if they were asked: a whole number when it is one."""
    if options.get("until") is None:
        return {}
    until = instant(options, "until", hours.zone)
    if until < at:
        raise BadInput("until is earlier than at.")
    passed = hours.open_between(at, until)
    seconds, rest = divmod(passed, timedelta(seconds=1))
    return {"open_seconds": passed.total_seconds() if rest else seconds}


def _shown(value: object) -> str:
    """Return one value of an answer as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value is None else str(value)


def _known(options: Options, names: tuple[str, ...]) -> None:
    """Raise `BadInput` when there is an option that the question does not have."""
    for name in options:
        if name not in names:
            raise BadInput(f"{_quoted(name)} is not one of {', '.join(names)}.")


def _text(options: Options, name: str) -> str:
    """Return an option that must be there and be text."""
    value = options.get(name)
    if value is None:
        raise BadInput(f"{name} is missing.")
    if not isinstance(value, str):
        raise BadInput(f"{name} must be text.")
    return value


def _number(
    options: Options, name: str, least: int, most: int, *, default: int | None = None
) -> int:
    """Return a whole number, given as one or in digits, between two bounds."""
    value = options.get(name)
    if value is None and default is not None:
        return default
    if value is None:
        raise BadInput(f"{name} is missing.")
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadInput(f"{name} must be a whole number from {least} to {most}.")
    return value


def _day(options: Options, name: str) -> date:
    """Return a calendar date."""
    text = _text(options, name)
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadInput(f"{name} must be a date such as 2025-01-15, not {_quoted(text)}.")


def instant(options: Options, name: str, zone: ZoneInfo) -> datetime:
    """Return a UTC instant; without an offset it is wall time in `zone`; raises `BadInput`."""
    text = _text(options, name)
    try:
        if _INSTANT.fullmatch(text):
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadInput(f"{name} must be a date and time such as 2026-03-16T23:59, not {_quoted(text)}.")


def _duration(text: str) -> timedelta:
    """Return an ISO 8601 duration of weeks, days of 24 hours, hours, minutes and seconds."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise BadInput(f"add must be a duration such as PT8H or P1DT30M, not {_quoted(text)}.")
    parts = {name: int(digits or 0) for name, digits in found.groupdict().items()}
    parts["microseconds"] = int((found["fraction"] or "").ljust(6, "0"))
    del parts["fraction"]
    try:
        return timedelta(**parts)
    except OverflowError:
        raise BadInput(f"add is too long: {_quoted(text)}.") from None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(name: str) -> ZoneInfo:
    """Return a time zone of the tz database by its exact name, and nothing else."""
    if name not in _zones():
        raise BadInput(f"There is no time zone {_quoted(name)}.")
    return ZoneInfo(name)


def _parsed(text: str) -> Options:
    """Return the JSON object of a line."""
    if not text:
        raise BadInput("The line is empty.")
    try:
        found = json.loads(
            text, object_pairs_hook=_once, parse_int=_integer, parse_constant=_no_number
        )
    except json.JSONDecodeError as refused:
        raise BadInput(f"This is not JSON: {refused.msg} at column {refused.colno}.") from None
    except RecursionError:
        raise BadInput("This JSON is nested too deeply.") from None
    if not isinstance(found, dict):
        raise BadInput("The line must be one JSON object.")
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadInput("An option is given twice.")
    return found


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise BadInput("A number is too large.")
    return int(digits)


def _no_number(name: str) -> NoReturn:
    raise BadInput(f"{name} is not a number.")


def _quoted(value: object) -> str:
    """Return what was given, in ASCII on one line and not too long."""
    text = ascii(value)
    return text if len(text) <= QUOTED else text[:QUOTED] + "…"
