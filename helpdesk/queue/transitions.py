"""Every change of state: the new state, its event and its messages, together (rules §4)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.messages import outbox
from helpdesk.queue import events
from helpdesk.queue.events import Actor
from helpdesk.queue.letters import letter
from helpdesk.queue.models import Ending, Request
from helpdesk.rules import lifecycle, reminders
from helpdesk.rules.vocabulary import Action, State

OPEN_STATES = tuple(state for state in State if lifecycle.is_open(state))


class AlreadyEnding(Exception):
    """An earlier request already ends this subscription: its date stands, link this one to it."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"{reference} already ends this subscription.")
        self.reference = reference


def move(
    session: Session,
    request: Request,
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    why: str = "",
) -> None:
    """Do to a request what `lifecycle` allows, with its event and its message.

    Raises MoveRefused when the state does not allow it, and AlreadyEnding for the confirmation of
    a request whose subscription an earlier one ends.
    """
    before = request.state
    after = lifecycle.after(before, action)
    undone = action is Action.WITHDRAW and is_held(request, at)
    if action is Action.CONFIRM:
        _refuse_if_already_ending(session, request)
    request.version += 1
    request.state = after
    for ending in request.endings:
        ending.state = after
        if action is Action.CONFIRM and at < ending.access_ends_at:
            ending.done_until = at
    events.add(
        session, request, action, actor=actor, at=at, from_state=before, to_state=after, why=why
    )
    if after is not State.IN_REVIEW:
        _settle(request, at)
    if action is Action.WITHDRAW:
        outbox.hold_back(session, request.id)
    kind = lifecycle.MESSAGE_OF.get(action)
    if kind and not undone:
        outbox.put(session, letter(request, kind, at, text=why))
    request.due_at = due_at(request)


def move_ending(
    session: Session, ending: Ending, due: reminders.Due, *, actor: Actor, at: datetime
) -> None:
    """Do to one ending what its timetable says is due; the request follows its least advanced."""
    request, before = ending.request, ending.state
    ending.state = lifecycle.after(before, due.action)
    ending.done_until = due.at
    if due.action is Action.END:
        ending.subscription.ended_at = ending.access_ends_at
    if due.action is Action.RESTART:
        ending.subscription.ended_at = None
    events.add(
        session,
        request,
        due.action,
        actor=actor,
        at=at,
        from_state=before,
        to_state=ending.state,
        ending=ending,
    )
    outbox.put(session, letter(request, due.message, at, ending=ending))
    request.version += 1
    request.state = lifecycle.least_advanced(one.state for one in request.endings)
    request.due_at = due_at(request)


def is_held(request: Request, at: datetime) -> bool:
    """Tell whether whoever filed it can still undo it, since nothing has gone out."""
    held = request.state is State.RECEIVED and request.due_at is not None
    return held and at < (request.due_at or at)


def due_at(request: Request) -> datetime | None:
    """Return the instant when processing must next look at a request; None when it never must."""
    if request.state is State.RECEIVED:
        return request.due_at
    alive = [one for one in request.endings if one.state in {State.CONFIRMED, State.ENDED}]
    due = [reminders.next_due(one, one.done_until) for one in alive]
    return min((one.at for one in due if one), default=None)


def earlier_open(session: Session, request: Request) -> Request | None:
    """Return the earliest other request that is still open for one of these subscriptions."""
    subscriptions = [ending.subscription_id for ending in request.endings]
    return session.scalar(
        select(Request)
        .join(Ending)
        .where(
            Ending.subscription_id.in_(subscriptions),
            Ending.state.in_(OPEN_STATES),
            Request.id != request.id,
            (Request.filed_at < request.filed_at)
            | ((Request.filed_at == request.filed_at) & (Request.id < request.id)),
        )
        .order_by(Request.filed_at, Request.id)
        .limit(1)
    )


def _refuse_if_already_ending(session: Session, request: Request) -> None:
    first = earlier_open(session, request)
    if first is not None:
        raise AlreadyEnding(first.reference)


def _settle(request: Request, at: datetime) -> None:
    for review in request.reviews:
        review.settled_at = review.settled_at or at
