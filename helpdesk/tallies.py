"""What supervisors count, kept counted: a page costs the same at a million requests as at ten.

Triggers keep the tallies (migration 0005), in the transaction of what they count. On PostgreSQL
they only add changes, so that no two writers wait for one another; a tick folds them into the sums.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import (
    BigInteger,
    String,
    Subquery,
    case,
    column,
    func,
    select,
    table,
    text,
    union_all,
)
from sqlalchemy.orm import Session

_TABLES = tuple(
    table(name, column("what", String), column("key", String), column("number", BigInteger))
    for name in ("tallies", "tally_changes")
)
_DAY, _HOUR = len("2026-03-02 "), len("2026-03-02 09")
"""How long the beginnings of a key are that is kept by the hour: before its hour, and with it."""
_FOLD = text(
    "WITH gone AS (DELETE FROM tally_changes RETURNING what, key, number)"
    " INSERT INTO tallies (what, key, number)"
    " SELECT what, key, sum(number) FROM gone GROUP BY what, key ORDER BY what, key"
    " ON CONFLICT (what, key) DO UPDATE SET number = tallies.number + excluded.number"
)


class Tally(StrEnum):
    """What is counted, and what its keys are made of."""

    REQUESTS = "requests"
    """Requests by state, channel and country."""
    FILED = "filed"
    """Requests by the hour (UTC) and the channel by which they came."""
    ENDS = "ends"
    """Confirmed endings by the day on which they end."""
    MESSAGES = "messages"
    """Messages by state and kind."""


def read(
    session: Session, what: Tally, first: str = "", last: str = ""
) -> Mapping[Sequence[str], int]:
    """Return the counts of one tally by the parts of their keys: all, or from a key up to another.

    The end is left out. A count that came back to nothing is not there.
    """
    rows = _rows(what, first, last)
    number = func.sum(rows.c.number)
    query = select(rows.c.key, number).group_by(rows.c.key).having(number != 0)
    return {tuple(key.split(" ")): int(count) for key, count in session.execute(query).all()}


def read_between(
    session: Session, what: Tally, cuts: Sequence[str]
) -> Mapping[tuple[int, str], int]:
    """Return the counts of a tally that is kept by the hour from each cut to the next.

    Cuts are hours as its keys begin with; stretches are numbered from 0. What follows the hour in
    the keys tells counts apart. Of each day only the hours at which one of them cuts are told
    apart, so few rows come for a month.
    """
    rows = _rows(what, cuts[0], cuts[-1])
    hour = func.substr(rows.c.key, _DAY + 1, _HOUR - _DAY)
    rest = func.substr(rows.c.key, _HOUR + 2)
    marks = sorted({cut[_DAY:] for cut in cuts})
    mark = case(
        *((hour < mark, before) for before, mark in pairwise(["00", *marks])), else_=marks[-1]
    )
    begins = func.substr(rows.c.key, 1, _DAY).concat(mark)
    query = select(begins.label("begins"), rest.label("rest"), func.sum(rows.c.number))
    found: Counter[tuple[int, str]] = Counter()
    for at, what_else, count in session.execute(query.group_by("begins", "rest")).all():
        found[bisect_right(cuts, at) - 1, what_else] += int(count)
    return {key: count for key, count in found.items() if count}


def _rows(what: Tally, first: str, last: str) -> Subquery:
    given = [select(one).where(one.c.what == what, one.c.key >= first) for one in _TABLES]
    if last:
        given = [one.where(one.selected_columns.key < last) for one in given]
    return union_all(*given).subquery()


def fold(session: Session) -> None:
    """Add the changes to the sums. Of two that do it at once, each takes what the other left."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_FOLD)
