"""Pages of a long list, newest first, by the key of their edge: no page costs more than another.

A page is named by the instant and the number of the row that it goes on from, so that rows which
arrive meanwhile move nothing that somebody is reading.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar, TypeVarTuple

from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

ROWS = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EDGE = re.compile(r"(\d{1,17})-(\d{1,15})", re.ASCII)


R = TypeVar("R")
Named = tuple[InstrumentedAttribute[datetime], InstrumentedAttribute[int]]
Order = Named | tuple[ColumnElement[Any], ColumnElement[Any]]
Under = Sequence[tuple[InstrumentedAttribute[Any], Any]]
Columns = TypeVarTuple("Columns")


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


def page(session: Session, query: Select[R], order: Named, place: Place | None) -> Page[R]:
    """Return the page of a query at a place; `order` is its rows' instant and number."""

    def nearest(at: Place | None) -> Sequence[R]:
        return session.scalars(beyond(query, order, at).limit(ROWS + 1)).all()

    return turn(nearest, (order[0].key, order[1].key), place)


def turn(
    nearest: Callable[[Place | None], Sequence[R]], names: tuple[str, str], place: Place | None
) -> Page[R]:
    """Return the page at a place, of rows that have their instant and number under these names.

    `nearest` gives the rows from a place on, at most one more than a page has. Near the newest end
    the page is the first one, so that it is never a short one.
    """
    found = nearest(place)
    rows = tuple(found[:ROWS])
    if place is None or not place.is_newer:
        has_older = len(found) > ROWS
        return _page(rows, names, has_newer=place is not None, has_older=has_older)
    if len(found) <= ROWS:
        return turn(nearest, names, None)
    return _page(rows[::-1], names, has_newer=True, has_older=True)


def beyond(
    query: Select[*Columns], order: Order, place: Place | None, under: Under = ()
) -> Select[*Columns]:
    """Return a query of the rows from a place on, the nearest first.

    `under` has columns with the one value that each has in all of the rows: with them the order is
    that of one index, and a database that guessed wrong cannot take another.
    """
    columns = (*(column for column, _value in under), *order)
    query = query.where(*(column.between(value, value) for column, value in under))
    is_newer = place is not None and place.is_newer
    if place is not None:
        known = [literal(value, one.type) for one, value in (*under, (order[0], place.at))]
        there = tuple_(*known, literal(place.number))
        query = query.where(tuple_(*columns) > there if is_newer else tuple_(*columns) < there)
    return query.order_by(*(one if is_newer else one.desc() for one in columns))


def _page(
    rows: tuple[R, ...], names: tuple[str, str], *, has_newer: bool, has_older: bool
) -> Page[R]:
    def edge(row: R) -> str:
        at, number = (getattr(row, name) for name in names)
        return f"{(at - EPOCH) // timedelta(microseconds=1)}-{number}"

    return Page(
        rows,
        edge(rows[0]) if rows and has_newer else None,
        edge(rows[-1]) if rows and has_older else None,
    )
