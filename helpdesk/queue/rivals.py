"""Two requests for one subscription: which of them stands (rules §4: the earliest wins)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select
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


STANDING = (
    select(Request.id)
    .join(Request.endings)
    .where(
        Ending.subscription_id.in_(bindparam("subscriptions", expanding=True)),
        Ending.state.in_(lifecycle.OPEN) & (Request.filed_at <= bindparam("at"))
        | (Ending.state == State.CONFIRMED),
    )
    .order_by(Request.filed_at, Request.id)
    .limit(1)
    .scalar_subquery()
)
"""The question for the first request that ends one of these for who files at an instant."""


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
