"""Which requests fit the filters: their page, newest first, and how many there are in each state.

By state, channel and country a page is read off an index, and counted by the tallies. What is
looked for in another table is found there first, and only then put in order: a database that
guessed wrong would go through all requests for a few. What many have is found among the
nearest ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, intersect, select
from sqlalchemy.orm import Session, selectinload

from helpdesk import bulk, fulltext, paging, tallies
from helpdesk.queue.filters import Filters
from helpdesk.queue.models import Ending, Request, Review
from helpdesk.rules import lifecycle
from helpdesk.rules.vocabulary import Ends, State
from helpdesk.tallies import Tally

STRETCHES = ((500, 3, 500), (10_000, paging.ROWS, paging.ROWS + 1))
"""Among so many requests a page is looked for first, and further on if at least so many fit; in
each stretch only until so many are found."""
MOST_COUNTED = 1000
"""Of more than these only the newest are counted, and the page says so."""
DAYS_OF = {Ends.TODAY: 0, Ends.WEEK: 7, Ends.MONTH: 30}
NEWEST = (Request.filed_at, Request.id)
EAGER = (selectinload(Request.endings), selectinload(Request.reviews))
INDEXED = (("state",), ("country", "channel"), ("channel",))
"""By what there is an index of the newest. By country alone there is none: each has many."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests there are in each state, or at least so many."""

    by_state: Mapping[State, int]
    is_least: bool = False


@dataclass(frozen=True, slots=True)
class Nearest:
    """The numbers of the nearest requests that fit, and whether there may be more of them."""

    numbers: Sequence[int]
    is_least: bool


class Matches:
    """The requests that fit some filters: what their page has found is not counted again."""

    def __init__(self, session: Session, filters: Filters, today: date) -> None:
        self._session, self._filters, self._today = session, filters, today
        self._found: dict[Filters, Nearest] = {}

    def page(self, place: paging.Place | None) -> paging.Page[Request]:
        """Return one page of the requests that fit, with their endings and reviews."""

        def nearest(at: paging.Place | None) -> Sequence[Request]:
            if not self._filters.is_narrow:
                under = _under(self._session, self._filters)
                return _rows(self._session, _of_kind(self._filters), at, under)
            if at is None:
                found = self._newest(self._filters)
            else:
                found = _nearest(self._session, self._filters, at, self._today, paging.ROWS + 1)
            return _read(self._session, found.numbers[: paging.ROWS + 1], at)

        return paging.turn(nearest, ("filed_at", "id"), place)

    def counts(self) -> Counts:
        """Return how many requests each state has under the filters, whatever state they name."""
        filters = replace(self._filters, state=None)
        if not filters.is_narrow:
            return Counts(tallied(self._session, filters))
        found = self._newest(filters)
        return Counts(_by_state(self._session, found.numbers), found.is_least)

    def _newest(self, filters: Filters) -> Nearest:
        """Return the newest requests that fit, looked for once."""
        if filters not in self._found:
            found = _nearest(self._session, filters, None, self._today, MOST_COUNTED)
            self._found[filters] = found
        return self._found[filters]


def tallied(session: Session, filters: Filters) -> Mapping[State, int]:
    """Return how many requests each state has, of those that the filters count by."""
    found = dict.fromkeys(State, 0)
    for kinds, number in tallies.read(session, Tally.REQUESTS).items():
        wanted = zip((filters.state, filters.channel, filters.country), kinds, strict=True)
        if all(one in {None, kind} for one, kind in wanted):
            found[State(kinds[0])] += number
    return found


def _by_state(session: Session, numbers: Sequence[int]) -> Mapping[State, int]:
    theirs = select(Request.state, func.count()).where(bulk.among(session, Request.id, numbers))
    return dict.fromkeys(State, 0) | dict(session.execute(theirs.group_by(Request.state)).all())


def _nearest(
    session: Session, filters: Filters, place: paging.Place | None, today: date, most: int
) -> Nearest:
    """Return the requests that fit and are nearest to a place, at most so many."""

    def numbers(query: Select[datetime, int], many: int) -> Sequence[int]:
        at, number = query.selected_columns
        found = paging.beyond(query, (at, number), place).limit(many)
        return session.scalars(found.with_only_columns(number)).all()

    for stretch, hope, enough in _stretches(session, filters):
        near = _nearby(session, filters, place, today, stretch)
        found = numbers(near, min(most, enough))
        if len(found) > paging.ROWS:
            return Nearest(found, is_least=True)
        if len(found) < hope:
            break
    found = numbers(_fitting(session, filters, today), most)
    return Nearest(found, is_least=len(found) == most)


def _rows(
    session: Session,
    numbers: Select[datetime, int],
    place: paging.Place | None,
    under: paging.Under,
) -> Sequence[Request]:
    """Return one more of the nearest requests than a page has: found by number first, then read."""
    at, number = numbers.selected_columns
    some = paging.beyond(numbers, (at, number), place, under).limit(paging.ROWS + 1).subquery()
    query = select(Request).join(some, some.c.id == Request.id).options(*EAGER)
    return session.scalars(paging.beyond(query, (some.c.filed_at, some.c.id), place)).all()


def _read(
    session: Session, numbers: Sequence[int], place: paging.Place | None
) -> Sequence[Request]:
    """Return requests with their endings and reviews, the nearest to a place first."""
    theirs = select(Request).where(bulk.among(session, Request.id, numbers)).options(*EAGER)
    return session.scalars(paging.beyond(theirs, NEWEST, place)).all()


def _of_kind(filters: Filters) -> Select[datetime, int]:
    """Return the requests of a state, a channel, a country."""
    given = {name: getattr(filters, name) for name in ("state", "channel", "country")}
    kinds = (getattr(Request, name) == value for name, value in given.items() if value)
    return select(*NEWEST).where(*kinds)


def _under(session: Session, filters: Filters) -> paging.Under:
    """Return the columns of the index that has the fewest requests to go through."""
    usable = [names for names in INDEXED if all(getattr(filters, name) for name in names)]

    def number(names: Sequence[str]) -> int:
        given = Filters(**{name: getattr(filters, name) for name in names})
        return sum(tallied(session, given).values())

    best = min(usable, key=number) if len(usable) > 1 else next(iter(usable), ())
    return [(getattr(Request, name), getattr(filters, name)) for name in best]


def _stretches(session: Session, filters: Filters) -> Sequence[tuple[int, int, int]]:
    """Return the stretches in which so many may fit that they are likely to be enough for a page.

    All that there are are no stretch: by the index they are found as quickly, and counted exactly.
    FTS5 cannot be asked about one row: it finds all that have a word at once.
    """
    if filters.reason or filters.failed:
        return ()
    if filters.search and session.get_bind().dialect.name == "sqlite":
        return ()
    all_of_them = sum(tallied(session, filters).values())
    return [one for one in STRETCHES if one[0] < all_of_them]


def _nearby(
    session: Session, filters: Filters, place: paging.Place | None, today: date, stretch: int
) -> Select[datetime, int]:
    """Return what fits among the requests of this kind that are nearest to a place."""
    kind, under = _of_kind(filters), _under(session, filters)
    near = paging.beyond(kind, NEWEST, place, under).limit(stretch).subquery()
    query = select(near.c.filed_at, near.c.id)
    if filters.search:
        index = fulltext.REQUESTS
        query = query.join(index, index.c.rowid == near.c.id)
        query = query.where(fulltext.found(session, index.c.words, filters.search))
    if filters.ends:
        ending = _ending(filters.ends, today).where(Ending.request_id == near.c.id)
        query = query.where(ending.offset(0).exists())
    return query


def _fitting(session: Session, filters: Filters, today: date) -> Select[datetime, int]:
    """Return all requests that fit, in no order; each is looked up by its number."""
    sets = [*_sets(session, filters, today)]
    found = (intersect(*sets) if len(sets) > 1 else sets[0].distinct()).cte()
    found = found.prefix_with("MATERIALIZED", dialect="postgresql")
    (number,) = found.c
    filed_at = _of_kind(filters).with_only_columns(Request.filed_at).where(Request.id == number)
    looked_up = select(filed_at.scalar_subquery().label("filed_at"), number.label("id"))
    each = looked_up.offset(0).subquery()
    return select(each.c.filed_at, each.c.id).where(each.c.filed_at.is_not(None))


def _sets(session: Session, filters: Filters, today: date) -> Iterator[Select[int]]:
    """Return the numbers of what each filter finds, by the index that is made for it."""
    if filters.failed:
        yield select(Request.id).where(Request.failure.is_not(None))
    if filters.reason:
        is_open = (Review.reason == filters.reason, Review.settled_at.is_(None))
        yield select(Review.request_id).where(*is_open)
    if filters.ends:
        yield _ending(filters.ends, today)
    if filters.search:
        index = fulltext.REQUESTS.c
        yield select(index.rowid).where(fulltext.found(session, index.words, filters.search))


def _ending(ends: Ends, today: date) -> Select[int]:
    """Return the requests of which a subscription still ends in this stretch, or should have."""
    alive = select(Ending.request_id).where(Ending.state.in_(lifecycle.OPEN))
    if ends is Ends.OVERDUE:
        return alive.where(Ending.effective_on < today)
    last = today + timedelta(days=DAYS_OF[ends])
    return alive.where(Ending.effective_on.between(today, last))
