"""Two requests for one subscription: which of them stands (rules §4: the earliest wins)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, selectinload

from helpdesk import bulk
from helpdesk.queue.models import Ending, Request
from helpdesk.rules import lifecycle
from helpdesk.rules.vocabulary import State


def of(session: Session, requests: Sequence[Request]) -> dict[int, list[Request]]:
    """Return, by the number of each request that has any, the others that name its subscriptions.

    Only those that may still end one.
    """
    own, other = aliased(Ending), aliased(Ending)
    query = (
        select(own.request_id, Request)
        .join(other, other.subscription_id == own.subscription_id)
        .join(Request, Request.id == other.request_id)
        .where(
            bulk.among(session, own.request_id, [one.id for one in requests]),
            other.request_id != own.request_id,
            other.state.in_(lifecycle.OPEN),
        )
        .options(selectinload(Request.endings))
    )
    found: dict[int, list[Request]] = defaultdict(list)
    for number, rival in session.execute(query):
        found[number].append(rival)
    return found


def standing(session: Session, subscriptions: Collection[int], filed_at: datetime) -> int | None:
    """Return the number of the first request that ends one of these for who files at an instant."""
    if not subscriptions:
        return None
    earlier = Ending.state.in_(lifecycle.OPEN) & (Request.filed_at <= filed_at)
    query = (
        select(Request.id)
        .join(Request.endings)
        .where(
            Ending.subscription_id.in_(subscriptions),
            earlier | (Ending.state == State.CONFIRMED),
        )
        .order_by(Request.filed_at, Request.id)
    )
    return session.scalar(query.limit(1))


def first(request: Request, others: Iterable[Request]) -> Request | None:
    """Return the first of the others that ends one of its subscriptions already.

    That is one which is confirmed, or which was filed earlier and is still open.
    """
    ending = (one for one in others if _stands_before(one, request))
    return min(ending, key=_place, default=None)


def _stands_before(other: Request, request: Request) -> bool:
    standing = lifecycle.OPEN if _place(other) < _place(request) else {State.CONFIRMED}
    named = {one.subscription_id for one in request.endings} - {None}
    return any(one.subscription_id in named and one.state in standing for one in other.endings)


def _place(request: Request) -> tuple[object, int]:
    return request.filed_at, request.id
