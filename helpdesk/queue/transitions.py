"""Every change of state: the new state, its event and its messages, together (rules §4)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.directory.models import Subscription
from helpdesk.messages import outbox
from helpdesk.queue import events, rivals
from helpdesk.queue.batch import Batch
from helpdesk.queue.events import Actor
from helpdesk.queue.models import Ending, Request, Review
from helpdesk.rules import lifecycle, reminders
from helpdesk.rules.vocabulary import Action, MessageKind, MessageState, ReviewReason, State

# What is noted with these is for the proof, not for the customer.
_SILENT_WHY = frozenset({Action.PURGE, Action.RESTART, Action.WITHDRAW})


class AlreadyEnding(Exception):
    """Another request already ends this subscription: its date stands, link this one to it."""

    def __init__(self, request: Request) -> None:
        super().__init__(f"{request.reference} already ends this subscription.")
        self.request = request
        self.reference = request.reference


def move(
    session: Session,
    request: Request,
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    why: str = "",
) -> None:
    """Do to one request what `lifecycle` allows, as `move_in` says."""
    batch = Batch(session, [request], at)
    move_in(batch, request, action, actor=actor, why=why)
    batch.write()


def move_in(batch: Batch, request: Request, action: Action, *, actor: Actor, why: str = "") -> None:
    """Do to a request of a batch what `lifecycle` allows, with its event and its message.

    Raises MoveRefused when its state or that of its endings does not allow it, and AlreadyEnding
    for the confirmation of a request whose subscription another one ends.
    """
    at, before = batch.at, request.state
    after = lifecycle.after(before, action)
    undone = action is Action.WITHDRAW and is_held(request, at)
    moving = _moving(request, action, at)
    if action is Action.CONFIRM and (first := batch.already_ending(request)):
        raise AlreadyEnding(first)
    was_ending = [one for one in moving if one.state in lifecycle.TIMED]
    for ending in moving:
        _move_along(ending, action, at)
    request.state = _shown(request) or after
    request.failure = None
    batch.happen(request, action, actor=actor, from_state=before, to_state=after, why=why)
    if before is State.IN_REVIEW and after is not State.IN_REVIEW:
        _settle(request, at)
    if action is Action.WITHDRAW:
        others = [one.id for one in request.endings if one not in moving]
        outbox.hold_back(batch.session, request.id, but=others)
    batch.go_out(moving if action is Action.CONFIRM else was_ending, action)
    if not undone:
        _tell(batch, request, action, moving, why)
    request.due_at = due_at(request)


def begin_in_review(
    request: Request, number: int, reasons: Collection[ReviewReason], *, at: datetime
) -> events.Row:
    """Leave a request that is just being filed to a person; returns the event with this number."""
    before, after = request.state, lifecycle.after(request.state, Action.REVIEW)
    for ending in request.endings:
        _move_along(ending, Action.REVIEW, at)
    request.state, request.due_at = after, None
    return events.following(
        request,
        number,
        Action.REVIEW,
        actor=events.PROCESSING,
        at=at,
        from_state=before,
        to_state=after,
        why=", ".join(reasons),
    )


def review_in(batch: Batch, request: Request, reasons: Collection[ReviewReason]) -> None:
    """Leave a received request of a batch to a person, with each reason why."""
    request.reviews += reviews(reasons, batch.at)
    move_in(batch, request, Action.REVIEW, actor=events.PROCESSING, why=", ".join(reasons))


def move_ending(
    session: Session,
    ending: Ending,
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    why: str = "",
) -> None:
    """Do one thing to one ending alone, as `move_ending_in` says."""
    batch = Batch(session, [ending.request], at)
    move_ending_in(batch, ending, action, actor=actor, why=why)
    batch.write()


def move_ending_in(
    batch: Batch,
    ending: Ending,
    action: Action,
    *,
    actor: Actor,
    why: str = "",
    message: MessageKind | None = None,
) -> None:
    """Do one thing to one ending alone; the request follows its least advanced.

    `message` is told instead of the action’s own. Raises MoveRefused when its state does not
    allow it.
    """
    request, before, after = ending.request, ending.state, lifecycle.after(ending.state, action)
    if action is Action.WITHDRAW and is_over(ending, batch.at):
        raise lifecycle.MoveRefused(before, action)
    _move_along(ending, action, batch.at)
    batch.happen(
        request, action, actor=actor, from_state=before, to_state=after, why=why, ending=ending
    )
    if action is Action.WITHDRAW:
        outbox.hold_back(batch.session, request.id, ending.id)
    if before in lifecycle.TIMED:
        batch.go_out([ending], action)
    _tell(batch, request, action, [ending], why, message=message, alone=ending)
    request.state = _shown(request) or request.state
    request.due_at = due_at(request)


def is_held(request: Request, at: datetime) -> bool:
    """Tell whether nothing of a request has gone out, nor may at this instant: it can be undone."""
    fresh = request.state in lifecycle.UNDECIDED
    return fresh and all(
        message.state is MessageState.WAITING and message.held_until > at
        for message in request.messages
    )


def due_at(request: Request) -> datetime | None:
    """Return the instant when processing must next look at a request; None when it never must."""
    if request.state is State.RECEIVED:
        return request.due_at
    alive = [one for one in request.endings if one.state in lifecycle.TIMED]
    due = [reminders.next_due(one, one.done_until) for one in alive]
    return min((one.at for one in due if one), default=None)


def already_ending(session: Session, request: Request) -> Request | None:
    """Return the first other request that ends one of these subscriptions already."""
    return rivals.first(request, rivals.of(session, [request])[request.id])


def _moving(request: Request, action: Action, at: datetime) -> Sequence[Ending]:
    """Return the endings that go along; what has ended before no longer does.

    Raises MoveRefused when none is left to go along, or when there is nothing to confirm.
    """
    moving = [one for one in request.endings if (one.state, action) in lifecycle.MOVES]
    if action is Action.WITHDRAW:
        moving = [one for one in moving if not is_over(one, at)]
    if not moving and (request.endings or action is Action.CONFIRM):
        raise lifecycle.MoveRefused(request.state, action)
    return moving


def is_over(ending: Ending, at: datetime) -> bool:
    """Tell whether access has ended, even if processing has yet to say so."""
    return ending.state is State.CONFIRMED and ending.access_ends_at <= at


def _move_along(ending: Ending, action: Action, at: datetime) -> None:
    ending.state = lifecycle.after(ending.state, action)
    if action is Action.CONFIRM and at < ending.access_ends_at:
        ending.done_until = at
    if action is Action.END:
        _subscription(ending).ended_at = ending.access_ends_at
    if action is Action.RESTART:
        _subscription(ending).ended_at = None


def _subscription(ending: Ending) -> Subscription:
    """Return what an ending ends; only what was deleted has none any more."""
    if ending.subscription is None:
        raise lifecycle.MoveRefused(ending.state, Action.RESTART)
    return ending.subscription


def _shown(request: Request) -> State | None:
    """Return the state of the least advanced ending; None for a request that has none."""
    states = [one.state for one in request.endings]
    return lifecycle.least_advanced(states) if states else None


def _tell(  # noqa: PLR0913 (what happened to which endings, and what is said of it)
    batch: Batch,
    request: Request,
    action: Action,
    moved: Sequence[Ending],
    why: str,
    *,
    message: MessageKind | None = None,
    alone: Ending | None = None,
) -> None:
    """Have the message of what happened written."""
    kind = message or lifecycle.MESSAGE_OF.get(action)
    if kind is not None:
        said = "" if action in _SILENT_WHY else why
        batch.tell(request, kind, action, moved, alone=alone, text=said)


def reviews(reasons: Collection[ReviewReason], at: datetime) -> list[Review]:
    """Return what a person must look at, each reason by itself."""
    return [Review(reason=reason, opened_at=at) for reason in reasons]


def _settle(request: Request, at: datetime) -> None:
    for review in request.reviews:
        review.settled_at = review.settled_at or at
