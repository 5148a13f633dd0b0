"""The only reader of the wall clock: everything else is given its instant.

The demo may be moved to another instant, from which its time goes on. Only the command `helpdesk
demo` and the tests move it; what others reckon by real time (cookies, limits, the timetable's next
tick) stays with the machine's time.

A machine may not know the time: `timekeeping.py` says by how much it is wrong.
"""

from datetime import UTC, datetime, timedelta
from time import monotonic

BELIEVED_SECONDS = 60
"""How long what was said of the time is believed before it is asked for again."""


class _Clock:
    """What this process knows of the time beside its machine's clock."""

    ahead = timedelta()  # By how much the demo is moved; negative into the past.
    told: tuple[datetime, float] | None = None  # An instant, and what `monotonic` was at it.


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _real() + _Clock.ahead


def machine() -> datetime:
    """Return what the machine's clock says, right or wrong: only its own timetable goes by it."""
    return datetime.now(UTC)


def _real() -> datetime:
    """Return the instant that was told last, and what has gone by since; else the machine's.

    A machine's clock that is moved meanwhile moves nothing here.
    """
    if _Clock.told is None:
        return machine()
    at, then = _Clock.told
    return at + timedelta(seconds=monotonic() - then)


def travel(to: datetime) -> None:
    """Let it be `to` now, in this whole process; time goes on from there."""
    _Clock.ahead = to - _real()


def come_back() -> None:
    """Let it be the real time again."""
    _Clock.ahead = timedelta()


def correct(real: datetime) -> timedelta:
    """Believe that it is really `real` now; returns by how much the machine's clock is late."""
    _Clock.told = real, monotonic()
    return real - machine()


def is_doubtful() -> bool:
    """Tell whether the time should be asked for: it never was, or too long ago."""
    return _Clock.told is None or monotonic() - _Clock.told[1] > BELIEVED_SECONDS


def is_travelling() -> bool:
    """Tell whether it is another time now than the real one."""
    return bool(_Clock.ahead)
