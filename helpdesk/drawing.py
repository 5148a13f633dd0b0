"""The line of dates that every screen draws the same: where each mark and its label stands.

Marks stand in proportion to the days between them; labels are pushed apart until none collide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Dated(Protocol):
    """What has the four days of a cancellation: a Notice, or an Ending row."""

    @property
    def requested_on(self) -> date:
        """The local day of the request."""

    @property
    def notice_ends_on(self) -> date:
        """The day the notice is over."""

    @property
    def effective_on(self) -> date:
        """The day the subscription has ended."""

    @property
    def deleted_on(self) -> date:
        """The day from which the data is deleted."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One day on the line, and where its mark and its label stand."""

    name: str
    day: date
    at: int
    label_at: int


@dataclass(frozen=True, slots=True)
class Line:
    """The line with its four marks; `today` is None when it lies outside."""

    marks: tuple[Mark, ...]
    today: int | None

    @property
    def start(self) -> int:
        """Where access begins to run out: the request."""
        return self.marks[0].at

    @property
    def end(self) -> int:
        """Where access ends and retention begins."""
        return self.marks[2].at

    @property
    def stop(self) -> int:
        """Where the data is deleted."""
        return self.marks[3].at


def wide(dates: Dated, today: date) -> Line:
    """Return the line lying down, in a drawing 680 wide."""
    # The last label ends at its mark, so that it begins one label's width before.
    line = _line(dates, today, ends=(12, 668), gap=160, limit=508)
    *marks, last = line.marks
    return Line((*marks, Mark(last.name, last.day, last.at, last.at)), line.today)


def tall(dates: Dated, today: date) -> Line:
    """Return the line standing, in a drawing 292 high."""
    return _line(dates, today, ends=(16, 264), gap=56, limit=264)


def _line(dates: Dated, today: date, *, ends: tuple[int, int], gap: int, limit: int) -> Line:
    first, last = ends
    days = (dates.requested_on, dates.notice_ends_on, dates.effective_on, dates.deleted_on)
    whole = max((days[3] - days[0]).days, 1)

    def place(day: date) -> int:
        return round(first + (last - first) * (day - days[0]).days / whole)

    places = [place(day) for day in days]
    labels = _apart(places, gap, limit)
    names = ("request", "notice", "end", "deletion")
    marks = tuple(Mark(*mark) for mark in zip(names, days, places, labels, strict=True))
    return Line(marks, place(today) if days[0] < today < days[3] else None)


def _apart(places: Sequence[int], gap: int, limit: int) -> list[int]:
    """Push labels apart from the first on, then back from the last, until none collide."""
    labels: list[int] = []
    for place in places:
        labels.append(max(place, labels[-1] + gap) if labels else place)
    for number in reversed(range(len(labels))):
        labels[number] = min(labels[number], limit)
        limit = labels[number] - gap
    return labels
