"""Pages of a long list, newest first, by the key of their edge: no page costs more than another.

A page is named by the instant and the number of the row that it goes on from, so that rows which
arrive meanwhile move nothing that somebody is reading.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from helpdesk.database import UtcDateTime

ROWS = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EDGE = re.compile(r"(\d{1,17})-(\d{1,15})", re.ASCII)


R = TypeVar("R")
Instants = InstrumentedAttribute[datetime]
Numbers = InstrumentedAttribute[int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: on the newer or the older side of a row; the newest rows without."""

    at: datetime
    number: int
    is_newer: bool

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Place | None":
        """Return the place that an address names (`newer=` or `older=`); None when it is none."""
        for name in ("newer", "older"):
            edge = _EDGE.fullmatch(given.get(name, ""))
            if edge:
                at = EPOCH + timedelta(microseconds=int(edge[1]))
                return cls(at, int(edge[2]), is_newer=name == "newer")
        return None


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """The rows of one page, and the edges to go on from: `newer`, `older`, None at the ends."""

    rows: tuple[R, ...]
    newer: str | None
    older: str | None


def page(
    session: Session, query: Select[R], order: tuple[Instants, Numbers], place: Place | None
) -> Page[R]:
    """Return the page of a query at a place; `order` is its rows' instant and number.

    Near the newest end the page is the first one, so that it is never a short one.
    """
    at, number = order
    if place is None or not place.is_newer:
        older = query.order_by(at.desc(), number.desc()).limit(ROWS + 1)
        if place:
            older = older.where(tuple_(at, number) < _edge(place))
        rows = tuple(session.scalars(older))
        return _page(rows[:ROWS], order, has_newer=place is not None, has_older=len(rows) > ROWS)
    newer = query.where(tuple_(at, number) > _edge(place)).order_by(at, number).limit(ROWS + 1)
    rows = tuple(session.scalars(newer))
    if len(rows) <= ROWS:
        return page(session, query, order, None)
    return _page(rows[:ROWS][::-1], order, has_newer=True, has_older=True)


def _edge(place: Place) -> object:
    return tuple_(literal(place.at, UtcDateTime), literal(place.number))


def _page(
    rows: tuple[R, ...], order: tuple[Instants, Numbers], *, has_newer: bool, has_older: bool
) -> Page[R]:
    def edge(row: R) -> str:
        at, number = (getattr(row, one.key) for one in order)
        return f"{(at - EPOCH) // timedelta(microseconds=1)}-{number}"

    return Page(
        rows,
        edge(rows[0]) if rows and has_newer else None,
        edge(rows[-1]) if rows and has_older else None,
    )
