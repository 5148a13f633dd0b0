"""The list of the shared queue, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk import legislations, paging
from helpdesk.fulltext import LONGEST_SEARCH
from helpdesk.queue.filters import Filters
from helpdesk.queue.matching import Counts, Matches
from helpdesk.queue.models import Event, Request
from helpdesk.rules.vocabulary import ReviewReason

__all__ = [
    "LONGEST_SEARCH",
    "Counts",
    "Event",
    "Filters",
    "Listing",
    "Request",
    "Row",
    "page",
]


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
    """One page of the queue, how many fit in all, and the edges of the pages beside it."""

    rows: tuple[Row, ...]
    counts: Counts
    newer: str | None
    older: str | None


def page(session: Session, filters: Filters, place: paging.Place | None, today: date) -> Listing:
    """Return the requests of one page, newest first, in as many queries for fifty as for one."""
    matches = Matches(session, filters, today)
    found = matches.page(place)
    last = _last_events(session, [request.id for request in found.rows])
    rows = tuple(Row(request, last[request.id]) for request in found.rows)
    return Listing(rows, matches.counts(), found.newer, found.older)


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
