"""The only reader of the wall clock: everything else is given its instant.

The demo may be moved to another instant, from which its time goes on. Only the command `helpdesk
demo` and the tests move it; what others reckon by real time (cookies, limits, the timetable's next
tick) stays with the real time.
"""

from datetime import UTC, datetime, timedelta


class _Clock:
    """How far ahead of the real time this process stands; behind it when negative."""

    ahead = timedelta()


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC) + _Clock.ahead


def travel(to: datetime) -> None:
    """Let it be `to` now, in this whole process; time goes on from there."""
    _Clock.ahead = to - datetime.now(UTC)


def come_back() -> None:
    """Let it be the real time again."""
    _Clock.ahead = timedelta()


def offset() -> timedelta:
    """Return how far ahead of the real time it is now; behind it when negative."""
    return _Clock.ahead


def is_travelling() -> bool:
    """Tell whether it is another time now than the real one."""
    return bool(_Clock.ahead)
