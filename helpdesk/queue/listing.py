"""The list of the shared queue: its filters, its pages, and how many requests are in each state."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from helpdesk import legislations, paging
from helpdesk.directory.find import LONGEST_SEARCH, plain
from helpdesk.queue import references
from helpdesk.queue.models import Ending, Event, Request, Review
from helpdesk.rules import lifecycle
from helpdesk.rules.vocabulary import Channel, Country, Ends, ReviewReason, State

__all__ = ["LONGEST_SEARCH", "Event", "Filters", "Listing", "Request", "Row", "counts", "page"]

DAYS_OF = {Ends.TODAY: 0, Ends.WEEK: 7, Ends.MONTH: 30}

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a supervisor looks for; an empty one leaves everything in."""

    state: State | None = None
    channel: Channel | None = None
    country: Country | None = None
    reason: ReviewReason | None = None
    ends: Ends | None = None
    failed: bool = False
    search: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Filters":
        """Return the filters that an address names; what makes no sense filters nothing."""
        return cls(
            state=_member(State, given.get("state")),
            channel=_member(Channel, given.get("channel")),
            country=legislations.known(given.get("country")),
            reason=_member(ReviewReason, given.get("reason")),
            ends=_member(Ends, given.get("ends")),
            failed=given.get("failed") == "yes",
            search=_searchable(given.get("search", "")),
        )

    def as_address(self) -> dict[str, str]:
        """Return the filters as the parts of an address that `read` reads."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        parts = {name: value for name, value in given.items() if value}
        return {name: "yes" if value is True else str(value) for name, value in parts.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One request as the list shows it, with the last thing that happened to it."""

    request: Request
    last: Event

    @property
    def reasons(self) -> list[ReviewReason]:
        """Why it waits for a person."""
        return [one.reason for one in self.request.reviews if one.settled_at is None]

    @property
    def products(self) -> list[str]:
        """What it ends, each named once."""
        return list(dict.fromkeys(one.product for one in self.request.endings))

    @property
    def ends_on(self) -> date | None:
        """The day of its first end; None while it names no subscription."""
        return min((one.effective_on for one in self.request.endings), default=None)

    @property
    def requested_on(self) -> date:
        """The local day of the request."""
        endings = self.request.endings
        zone = endings[0].zone if endings else legislations.of(self.request.country).zone
        return self.request.filed_at.astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the queue, and the edges of the pages beside it."""

    rows: tuple[Row, ...]
    newer: str | None
    older: str | None


def page(session: Session, filters: Filters, place: paging.Place | None, today: date) -> Listing:
    """Return the requests of one page, newest first, in as many queries for fifty as for one."""
    wanted = _all_but_state(filters, today)
    if filters.state:
        wanted.append(Request.state == filters.state)
    query = (
        select(Request)
        .where(*wanted)
        .options(selectinload(Request.endings), selectinload(Request.reviews))
    )
    found = paging.page(session, query, (Request.filed_at, Request.id), place)
    last = _last_events(session, [request.id for request in found.rows])
    rows = tuple(Row(request, last[request.id]) for request in found.rows)
    return Listing(rows, found.newer, found.older)


def counts(session: Session, filters: Filters, today: date) -> dict[State, int]:
    """Return how many requests each state has under the filters, whatever state they name."""
    query = select(Request.state, func.count()).where(*_all_but_state(filters, today))
    found = dict(session.execute(query.group_by(Request.state)).all())
    return {state: found.get(state, 0) for state in State}


def _member(vocabulary: type[E], text: str | None) -> E | None:
    return next((one for one in vocabulary if one.value == text), None)


def _searchable(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:LONGEST_SEARCH]


def _all_but_state(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.channel:
        wanted.append(Request.channel == filters.channel)
    if filters.country:
        wanted.append(Request.country == filters.country)
    if filters.failed:
        wanted.append(Request.failure.is_not(None))
    if filters.reason:
        wanted.append(_is_reviewed_for(filters.reason))
    if filters.ends:
        wanted.append(_ends(filters.ends, today))
    if filters.search:
        wanted.append(_matches(filters.search))
    return wanted


def _is_reviewed_for(reason: ReviewReason) -> ColumnElement[bool]:
    return exists().where(
        Review.request_id == Request.id, Review.reason == reason, Review.settled_at.is_(None)
    )


def _ends(ends: Ends, today: date) -> ColumnElement[bool]:
    """Say that a subscription still ends in this stretch, or should have before today."""
    alive = (Ending.request_id == Request.id, Ending.state.in_(lifecycle.OPEN))
    if ends is Ends.OVERDUE:
        return exists().where(*alive, Ending.effective_on < today)
    last = today + timedelta(days=DAYS_OF[ends])
    return exists().where(*alive, Ending.effective_on.between(today, last))


def _matches(typed: str) -> ColumnElement[bool]:
    """Say that a request has this reference or its beginning, or all of these words."""
    words = plain(typed).split()[:8]
    compact = re.sub(r"[\s.\-–—/_]", "", plain(typed))
    every = and_(*(Request.search_words.contains(word, autoescape=True) for word in words))
    ways = [every]
    if compact:
        ways.append(Request.search_words.contains(compact, autoescape=True))
    reference = compact.upper()
    if reference and not set(reference) - set(references.SIGNS):
        ways.append(Request.reference.startswith(reference))
    return or_(*ways)


def _last_events(session: Session, numbers: Sequence[int]) -> dict[int, Event]:
    latest = (
        select(Event.request_id, func.max(Event.number).label("number"))
        .where(Event.request_id.in_(numbers))
        .group_by(Event.request_id)
        .subquery()
    )
    query = select(Event).join(
        latest, (Event.request_id == latest.c.request_id) & (Event.number == latest.c.number)
    )
    return {event.request_id: event for event in session.scalars(query)}
