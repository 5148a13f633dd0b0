"""What a person decides: confirm, reject, ask, link; and the company's own word by its link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from helpdesk import database
from helpdesk.directory import locks
from helpdesk.queue import events, transitions
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Action, ReviewReason, State

DECISIONS = (Action.CONFIRM, Action.REJECT, Action.ASK, Action.LINK)
# Such a request ends nothing, so none can be left to it.
_GONE = frozenset({State.REJECTED, State.WITHDRAWN, State.RESTARTED})


class Stale(Exception):
    """Somebody decided in the meantime: nothing was changed, and what they did can be shown."""

    def __init__(self, request: Request) -> None:
        super().__init__(f"{request.reference} has changed.")
        self.request = request


class NotLinkable(Exception):
    """Only a request of the same company can stand for it, that ends something and no later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a supervisor decided on the request as they saw it (`version`), and what to say."""

    action: Action
    version: int
    text: str = ""
    linked_reference: str | None = None


def locked(session: Session, reference: str, *companies: int) -> Request | None:
    """Return a request that nobody else can change until the transaction ends.

    Its company is locked before it, with others that it may be given. Raises StaleDataError when
    it was given another one just then.
    """
    its_own = select(Request.company_id).where(Request.reference == reference)
    company_id = session.scalar(its_own)
    locks.companies(session, {company_id, *companies})
    for request in locked_where(session, Request.reference == reference):
        if request.company_id not in {None, company_id, *companies}:
            raise StaleDataError
        return request
    return None


def locked_where(session: Session, which: ColumnElement[bool]) -> Sequence[Request]:
    """Return all such requests for this transaction alone; whoever asks has their company."""
    return database.locked(session, select(Request).where(which).order_by(Request.id))


def decide(
    session: Session, request: Request, decision: Decision, *, actor: Actor, at: datetime
) -> None:
    """Carry out a supervisor's decision.

    Raises Stale when the request is no longer the one they saw, MoveRefused when its state does
    not allow it, AlreadyEnding and NotLinkable when it would contradict an earlier request.
    """
    if request.version != decision.version:
        raise Stale(request)
    if decision.action is Action.LINK:
        request.linked_to = _standing(session, request, decision.linked_reference)
    transitions.move(session, request, decision.action, actor=actor, at=at, why=decision.text)


def _standing(session: Session, request: Request, reference: str | None) -> Request:
    first = session.scalar(select(Request).where(Request.reference == (reference or "")))
    if first is None or first is request or first.state in _GONE or first.erased_at:
        raise NotLinkable
    if first.tax_number != request.tax_number:
        raise NotLinkable
    if (first.filed_at, first.id) > (request.filed_at, request.id) and not _ends_no_later(
        first, request
    ):
        raise NotLinkable
    return first


def _ends_no_later(first: Request, request: Request) -> bool:
    """Tell whether nobody loses a day when a request filed later stands for this one."""
    ends = {one.subscription_id: one.effective_on for one in first.endings}
    return bool(request.endings) and all(
        ends.get(one.subscription_id, date.max) <= one.effective_on for one in request.endings
    )


def verify(session: Session, request: Request, *, at: datetime) -> None:
    """Take the company's word, given by the link to its address on record, that this is its own.

    That settles its authority; with nothing else to review the request is confirmed (rules §3),
    or left to a person when another one has come to stand before it meanwhile.
    """
    open_reviews = [one for one in request.reviews if one.settled_at is None]
    settled = [one for one in open_reviews if one.reason is ReviewReason.AUTHORITY_NOT_SHOWN]
    if request.state is not State.IN_REVIEW or not settled:
        return
    for review in settled:
        review.settled_at = at
    business = Actor(By.BUSINESS)
    transitions.move(session, request, Action.VERIFY, actor=business, at=at)
    if len(settled) < len(open_reviews):
        return
    try:
        transitions.move(session, request, Action.CONFIRM, actor=events.PROCESSING, at=at)
    except transitions.AlreadyEnding as earlier:
        request.linked_to = earlier.request
        request.reviews += transitions.reviews([ReviewReason.DUPLICATE], at)


def answer(session: Session, request: Request, text: str, *, actor: Actor, at: datetime) -> None:
    """Keep what the customer answers to a question; raises MoveRefused when nothing is open."""
    transitions.move(session, request, Action.ANSWER, actor=actor, at=at, why=text)


def is_asked(request: Request) -> bool:
    """Tell whether a question to the customer waits for its answer."""
    talk = [one.action for one in request.events if one.action in {Action.ASK, Action.ANSWER}]
    return request.state is State.IN_REVIEW and talk[-1:] == [Action.ASK]
