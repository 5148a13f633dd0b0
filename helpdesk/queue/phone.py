"""What the phone desk asks of the queue: what came of its calls, and undoing one just filed."""

import math
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.queue import review, transitions
from helpdesk.queue.events import Actor
from helpdesk.queue.models import Ending, Request
from helpdesk.rules import lifecycle
from helpdesk.rules.vocabulary import Action


class NotHeld(Exception):
    """It is too late to undo this request: something has gone out, or it has moved on."""


def of_calls(session: Session, call_ids: Collection[int]) -> Mapping[int, Request]:
    """Return the request that each of these calls made, by the call's number."""
    query = select(Request).where(Request.call_id.in_(call_ids))
    return {request.call_id: request for request in session.scalars(query) if request.call_id}


def ending_already(session: Session, subscription_ids: Collection[int]) -> Mapping[int, Ending]:
    """Return the end that each subscription has been given already: the earliest date stands."""
    query = (
        select(Ending)
        .join(Request)
        .where(
            Ending.subscription_id.in_(subscription_ids),
            Ending.state.in_(lifecycle.OPEN),
        )
        .order_by(Request.filed_at.desc(), Request.id.desc())
    )
    return {one.subscription_id: one for one in session.scalars(query) if one.subscription_id}


def held_for(request: Request, at: datetime) -> int:
    """Return for how many more seconds a request can be undone; 0 when it cannot."""
    if not transitions.is_held(request, at):
        return 0
    until = min((message.held_until for message in request.messages), default=at)
    return math.ceil((until - at).total_seconds())


def undo(session: Session, request: Request, *, actor: Actor, at: datetime) -> None:
    """Withdraw a request that was just filed by mistake: nobody is told, since nobody knew.

    Raises NotHeld once something may have gone out.
    """
    if review.locked(session, request.reference) is None:
        raise NotHeld
    if not transitions.is_held(request, at):
        raise NotHeld
    transitions.move(session, request, Action.WITHDRAW, actor=actor, at=at)
