"""Whole or part days off, on top of the seasons (rules §2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from helpdesk.rules.instants import DAY
from helpdesk.rules.seasons import Interval, Span


@dataclass(frozen=True, slots=True)
class Closure:
    """A named day off, or the `part` of the day that is off; None is the whole day.

    Raises `HoursRefused` when the part is empty or crosses midnight.
    """

    name: str
    part: Interval | None = None

    def __post_init__(self) -> None:
        if self.part is not None:
            self.part.check(self.name)

    @property
    def span(self) -> Span:
        """Return what is off, in microseconds of wall time since midnight."""
        return (0, DAY) if self.part is None else self.part.span


class Closures(Protocol):
    """The days off of a desk; the same answer for a day each time it is asked."""

    def on(self, day: date) -> tuple[Closure, ...]:
        """Return what is off on a local day; nothing for most."""


def hours_left(hours: Iterable[Span], closures: Iterable[Closure]) -> tuple[Span, ...]:
    """Return what closures leave of a day's hours, in their order."""
    left = tuple(hours)
    for closure in closures:
        shut, reopens = closure.span
        pieces = [
            piece
            for opens, closes in left
            for piece in ((opens, min(closes, shut)), (max(opens, reopens), closes))
        ]
        left = tuple(piece for piece in pieces if piece[0] < piece[1])
    return left
