"""The only reader of the wall clock: everything else is given its instant.

The demo may be moved to another instant, from which its time goes on. Only the command `helpdesk
demo` and the tests move it; what others reckon by real time (cookies, limits, the timetable's next
tick) stays with the machine's time.

A machine may not know the time: `timekeeping.py` says by how much it is wrong.
"""

from datetime import UTC, datetime, timedelta


class _Clock:
    """How far this process stands from its machine's clock."""

    ahead = timedelta()  # By how much the demo is moved; negative into the past.
    behind = timedelta()  # By how much the machine is late; negative when it is fast.


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _real() + _Clock.ahead


def _real() -> datetime:
    return datetime.now(UTC) + _Clock.behind


def travel(to: datetime) -> None:
    """Let it be `to` now, in this whole process; time goes on from there."""
    _Clock.ahead = to - _real()


def come_back() -> None:
    """Let it be the real time again."""
    _Clock.ahead = timedelta()


def correct(real: datetime) -> timedelta:
    """Believe that it is really `real` now; returns by how much the machine's clock is late."""
    _Clock.behind = real - datetime.now(UTC)
    return _Clock.behind


def offset() -> timedelta:
    """Return how far ahead of the machine's time it is now; behind it when negative."""
    return _Clock.ahead + _Clock.behind


def is_travelling() -> bool:
    """Tell whether it is another time now than the real one."""
    return bool(_Clock.ahead)
