"""Withdraw a request, whole or for some subscriptions, until their access ends (rules §4)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from helpdesk.directory import find
from helpdesk.directory.models import Person, Subscription
from helpdesk.messages import outbox
from helpdesk.messages.models import Message
from helpdesk.queue import proof, transitions
from helpdesk.queue.events import Actor
from helpdesk.queue.letters import letter
from helpdesk.queue.models import Ending, Event, Request
from helpdesk.queue.review import Stale
from helpdesk.queue.telling import tellable
from helpdesk.rules import authority, lifecycle
from helpdesk.rules.instants import local
from helpdesk.rules.lifecycle import UNDECIDED, is_open
from helpdesk.rules.notice import renewal_after
from helpdesk.rules.vocabulary import Action, MessageKind, State


@dataclass(frozen=True, slots=True)
class Kept:
    """What goes on when one end is withdrawn: its subscription, and when that next renews."""

    ending: Ending
    renews_on: date


class TooLate(Exception):
    """Access has ended, or nothing is under way any more: there is nothing to withdraw."""


def withdrawable(request: Request, at: datetime) -> Sequence[Ending]:
    """Return the ends of a request that can still be withdrawn at an instant."""
    return [one for one in request.endings if _can_be(one, at)]


def kept(request: Request, at: datetime, *, is_own: bool = False) -> Sequence[Kept]:
    """Return what would go on, one by one; nothing where its filer may not be told all of it.

    With `is_own` it is the company itself that asks.
    """
    under_way = withdrawable(request, at)
    told = under_way if is_own else tellable(request)
    if any(one not in told for one in under_way):
        return ()
    return [
        Kept(one, _renews_on(one.subscription, at))
        for one in under_way
        if one.subscription is not None
    ]


def _renews_on(subscription: Subscription, at: datetime) -> date:
    """Return the next renewal of a subscription, which is never today's."""
    today = local(at, ZoneInfo(subscription.company.zone)).date()
    return renewal_after(today, subscription.terms)


def is_possible(request: Request, at: datetime) -> bool:
    """Tell whether anything of a request can still be withdrawn; some name no subscription yet."""
    return bool(withdrawable(request, at)) or (not request.endings and is_open(request.state))


def of_company(session: Session, company_id: int, at: datetime) -> Sequence[Ending]:
    """Return the ends under way of a company's subscriptions, the soonest first."""
    query = (
        select(Ending)
        .join(Request)
        .where(Request.company_id == company_id, Ending.state.in_(lifecycle.OPEN))
        .options(joinedload(Ending.request))
        .order_by(Ending.access_ends_at, Ending.id)
    )
    return [one for one in session.scalars(query) if _can_be(one, at)]


def _can_be(ending: Ending, at: datetime) -> bool:
    return is_open(ending.state) and not transitions.is_over(ending, at)


def may(session: Session, request: Request, person: Person | None, *, is_known: bool) -> bool:
    """Tell whether somebody may withdraw a request at once.

    `person` is who is signed in; `is_known` whether they filed the request, or showed its reference
    with its e-mail. Otherwise the company is asked, at its address on record.
    """
    if person is not None and person.company_id is not None:
        is_own = person.company_id == request.company_id
        if is_own and authority.may_cancel(person.authority):
            return True
    return is_known and authority.may_withdraw_unasked(
        request.authority,
        is_on_record=_is_on_record(session, request),
        is_decided=any(one.state not in UNDECIDED for one in request.endings),
    )


def _is_on_record(session: Session, request: Request) -> bool:
    """Tell whether the e-mail of a request is the company’s, or that of somebody who may cancel."""
    company = request.company
    if company is None:
        return False
    people = find.people_who_may_cancel(session, company.id)
    known = {company.email, *(person.email for person in people)}
    return request.email.casefold() in {email.casefold() for email in known}


def withdraw(  # noqa: PLR0913 (what of which, who, when, why, as they saw it)
    session: Session,
    request: Request,
    chosen: Collection[int] | None,
    *,
    actor: Actor,
    at: datetime,
    why: str = "",
    version: int | None = None,
) -> None:
    """Withdraw the chosen ends of a locked request, each by its number, or all: everybody is told.

    What somebody has withdrawn before stays so, and is not told again. Raises TooLate when one of
    them cannot be withdrawn any more, and Stale when the request is no longer the `version` that
    was seen, where that is given; then nothing is changed.
    """
    if version not in {None, request.version}:
        raise Stale(request)
    under_way = withdrawable(request, at)
    wanted = under_way
    if chosen is not None:
        wanted = [one for one in request.endings if one.id in chosen]
    left = [one for one in wanted if one.state is not State.WITHDRAWN]
    if (wanted and not left) or request.state is State.WITHDRAWN:
        return
    if not is_possible(request, at) or any(one not in under_way for one in left):
        raise TooLate
    if len(left) == len(under_way):
        transitions.move(session, request, Action.WITHDRAW, actor=actor, at=at, why=why)
        return
    for ending in left:
        transitions.move_ending(session, ending, Action.WITHDRAW, actor=actor, at=at, why=why)


def ask(session: Session, request: Request, at: datetime, secret: str) -> None:
    """Ask the company of a locked request, at its address on record, whether to withdraw it.

    A second time changes nothing before something has happened to the request. Raises TooLate when
    nothing is left to withdraw.
    """
    company = request.company
    if company is None or not is_possible(request, at):
        raise TooLate
    token = proof.sign(request.reference, secret, at, proof.WITHDRAW)
    kind = MessageKind.WITHDRAWAL_ASKED
    outbox.put(session, letter(request, kind, at, recipient=company.email, token=token))


def is_asked(session: Session, request: Request) -> bool:
    """Tell whether the company was asked, and nothing has happened to the request since."""
    query = select(Message.id).where(
        Message.request_id == request.id,
        Message.kind == MessageKind.WITHDRAWAL_ASKED,
        Message.created_at >= request.events[-1].at,
    )
    return session.scalar(query.limit(1)) is not None


def in_call(session: Session, call_id: int) -> Sequence[Ending]:
    """Return the ends that were withdrawn in a call."""
    events = session.scalars(
        select(Event)
        .where(Event.call_id == call_id, Event.action == Action.WITHDRAW)
        .order_by(Event.id)
    )
    return [
        ending
        for event in events
        for ending in session.get_one(Request, event.request_id).endings
        if ending.state is State.WITHDRAWN and event.ending_id in {None, ending.id}
    ]


def asked_of(session: Session, company_id: int, at: datetime) -> Sequence[Request]:
    """Return the requests under way about which a company was asked and has not answered."""
    requests = {one.request.id: one.request for one in of_company(session, company_id, at)}
    return [one for one in requests.values() if is_asked(session, one)]
