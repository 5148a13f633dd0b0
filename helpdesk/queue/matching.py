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

from helpdesk import fulltext, paging, tallies
from helpdesk.queue.filters import Filters
from helpdesk.queue.models import Ending, Request, Review
from helpdesk.rules import lifecycle
from helpdesk.rules.vocabulary import Ends, State
from helpdesk.tallies import Tally

NEAREST = 2000
"""Among so many requests a page is looked for at first."""
MOST_COUNTED = 1000
"""Of more than these only the newest are counted, and the page says so."""
DAYS_OF = {Ends.TODAY: 0, Ends.WEEK: 7, Ends.MONTH: 30}
NEWEST = (Request.filed_at, Request.id)
INDEXED = (("state",), ("country", "channel"), ("channel",))
"""By what there is an index of the newest. By country alone there is none: each has many."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests there are in each state, or at least so many."""

    by_state: Mapping[State, int]
    is_least: bool = False


def page(
    session: Session, filters: Filters, place: paging.Place | None, today: date
) -> paging.Page[Request]:
    """Return one page of the requests that fit, with their endings and reviews."""

    def nearest(at: paging.Place | None) -> Sequence[Request]:
        if not filters.is_narrow:
            return _rows(session, _of_kind(filters), at, _under(session, filters))
        if _may_be_many(session, filters):
            found = _rows(session, _nearby(session, filters, at, today), at)
            if len(found) > paging.ROWS:
                return found
        return _rows(session, _fitting(session, filters, today), at)

    return paging.turn(nearest, ("filed_at", "id"), place)


def counts(session: Session, filters: Filters, today: date) -> Counts:
    """Return how many requests each state has under the filters, whatever state they name."""
    filters = replace(filters, state=None)
    if not filters.is_narrow:
        return Counts(tallied(session, filters))
    if _may_be_many(session, filters):
        found = _by_state(session, _nearby(session, filters, None, today))
        if sum(found.values()) > paging.ROWS:
            return Counts(found, is_least=True)
    found = _by_state(session, _fitting(session, filters, today))
    return Counts(found, is_least=sum(found.values()) == MOST_COUNTED)


def tallied(session: Session, filters: Filters) -> Mapping[State, int]:
    """Return how many requests each state has, of those that the filters count by."""
    found = dict.fromkeys(State, 0)
    for kinds, number in tallies.read(session, Tally.REQUESTS).items():
        wanted = zip((filters.state, filters.channel, filters.country), kinds, strict=True)
        if all(one in {None, kind} for one, kind in wanted):
            found[State(kinds[0])] += number
    return found


def _by_state(session: Session, numbers: Select[datetime, int]) -> Mapping[State, int]:
    at, number = numbers.selected_columns
    some = paging.beyond(numbers, (at, number), None).limit(MOST_COUNTED).subquery()
    state = select(Request.state).where(Request.id == some.c.id).scalar_subquery()
    each = select(state.label("state")).select_from(some).subquery()
    query = select(each.c.state, func.count()).group_by(each.c.state)
    return dict.fromkeys(State, 0) | dict(session.execute(query).all())


def _rows(
    session: Session,
    numbers: Select[datetime, int],
    place: paging.Place | None,
    under: paging.Under = (),
) -> Sequence[Request]:
    """Return one more of the nearest requests than a page has: found by number first, then read."""
    at, number = numbers.selected_columns
    some = paging.beyond(numbers, (at, number), place, under).limit(paging.ROWS + 1).subquery()
    query = select(Request).join(some, some.c.id == Request.id)
    eager = query.options(selectinload(Request.endings), selectinload(Request.reviews))
    return session.scalars(paging.beyond(eager, (some.c.filed_at, some.c.id), place)).all()


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


def _may_be_many(session: Session, filters: Filters) -> bool:
    """Tell whether so many may fit that those nearby are likely to be enough for a page.

    FTS5 cannot be asked about one row: it finds all that have a word at once.
    """
    if filters.reason or filters.failed:
        return False
    return not filters.search or session.get_bind().dialect.name != "sqlite"


def _nearby(
    session: Session, filters: Filters, place: paging.Place | None, today: date
) -> Select[datetime, int]:
    """Return what fits among the requests of this kind that are nearest to a place, one by one."""
    kind, under = _of_kind(filters), _under(session, filters)
    near = paging.beyond(kind, NEWEST, place, under).limit(NEAREST).subquery()
    query = select(near.c.filed_at, near.c.id)
    if filters.search:
        index = fulltext.REQUESTS.c
        has_words = select(fulltext.found(session, index.words, filters.search))
        query = query.where(has_words.where(index.rowid == near.c.id).scalar_subquery())
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
