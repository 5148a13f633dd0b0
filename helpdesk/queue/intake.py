"""The only way in: a Filing becomes an accepted request, whatever door it came through.

Nothing that was filed is ever refused here: what a machine should not decide goes to review.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import bell, once
from helpdesk.directory import find, locks
from helpdesk.directory.holds import IS_HELD
from helpdesk.directory.models import Company, Subscription
from helpdesk.messages import outbox
from helpdesk.messages.letter import Letter
from helpdesk.messages.models import Message
from helpdesk.queue import events, proof, references, rivals, telling, transitions
from helpdesk.queue.events import Actor, By
from helpdesk.queue.filing import Filing
from helpdesk.queue.letters import Writer
from helpdesk.queue.models import Ending, Event, Request, Review
from helpdesk.rules import authority, explanation
from helpdesk.rules.notice import Notice, give_notice
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    Channel,
    Kind,
    MessageKind,
    ReviewReason,
    State,
)
from helpdesk.rules.words import plain

_DOUBTS = select(rivals.STANDING, IS_HELD)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request in the queue, and whether this filing put it there or an earlier same one did."""

    request: Request
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a filing: whose it is, what it ends, what stands before it, why to look."""

    company: Company | None
    chosen: Sequence[Subscription]
    first: int | None
    reasons: Collection[ReviewReason]


def accept(session: Session, filing: Filing, secret: str) -> Accepted:
    """Put a filing into the queue: request, endings, event, acknowledgement, reviews.

    Runs in the door's transaction. The same filing key a second time returns the first request.
    Raises NoResultFound when the data of the company that files has been deleted.
    """
    company = _company(session, filing)
    known = _look_up(session, filing, company)
    while (request := _written(session, filing, known, secret)) is None:
        if filed := _filed(session, filing):
            return Accepted(filed, is_new=False)
        filing = replace(filing, reference=None)  # It is taken.
    bell.ring(session)
    return Accepted(request, is_new=True)


def notice_of(subscription: Subscription, filed_at: datetime) -> Notice:
    """Return the dates that filing at an instant fixes for one subscription."""
    return give_notice(filed_at, ZoneInfo(subscription.company.zone), subscription.terms)


def _company(session: Session, filing: Filing) -> Company | None:
    """Return the company that a filing is for, which nobody else files for until this is over."""
    if filing.company_id is not None:
        return locks.company(session, filing.company_id)
    return locks.company_named(session, filing.tax_number)


def _look_up(session: Session, filing: Filing, company: Company | None) -> _Known:
    """Return what a filing means, and why a person must look at it."""
    active = find.active_subscriptions(session, company.id) if company else ()
    chosen = _chosen(filing, active)
    first, is_held = _doubts(session, company, chosen, filing.filed_at)
    reasons = authority.reasons_to_review(
        authority=filing.authority,
        company_found=company is not None,
        active_subscriptions=len(active),
        chosen=len(chosen) if _is_clear(filing, chosen) else 0,
        duplicate=first is not None,
        out_of_hours=filing.out_of_hours,
        on_hold=is_held,
    )
    return _Known(company, chosen, first, reasons)


def _doubts(
    session: Session, company: Company | None, chosen: Sequence[Subscription], at: datetime
) -> tuple[int | None, bool]:
    """Return which request stands before one at an instant, and whether its company is on hold."""
    if company is None:
        return None, False
    asked = {"company_id": company.id, "subscriptions": [one.id for one in chosen], "at": at}
    first, is_held = session.connection().execute(_DOUBTS, asked).one()
    return first, bool(is_held)


def _filed(session: Session, filing: Filing) -> Request | None:
    """Return the request that this filing has made already: by its key, or by its call."""
    which = Request.filing_key == filing.key
    if filing.call_id is not None:
        which = which | (Request.call_id == filing.call_id)
    return session.scalar(select(Request).where(which))


def _chosen(filing: Filing, active: Sequence[Subscription]) -> Sequence[Subscription]:
    """Return the subscriptions that the filing names; the only one when it names none."""
    named = telling.named(filing.contracts)
    if not named and not filing.subscription_ids and len(active) == 1:
        return active
    return [one for one in active if one.id in filing.subscription_ids or one.contract in named]


def _is_clear(filing: Filing, chosen: Sequence[Subscription]) -> bool:
    """Tell whether all that the filing names was found among what can end."""
    ids, contracts = {one.id for one in chosen}, {one.contract for one in chosen}
    return ids >= set(filing.subscription_ids) and contracts >= telling.named(filing.contracts)


def _written(session: Session, filing: Filing, known: _Known, secret: str) -> Request | None:
    """Write the whole request, with all that hangs on it; None when its key is taken."""
    request = _received(filing, known)
    once.number(session, [request, *request.endings])
    for ending in request.endings:
        ending.request_id = request.id
    chain = _chain(request, filing, known)
    letters = _letters(session, request, known.company, filing, len(chain), secret)
    hanging = {
        Event: chain,
        Review: [_review(request, one, filing) for one in known.reasons],
        Message: outbox.first_rows(session, letters),
    }
    return request if once.add(session, request, request.endings, hanging) else None


def _chain(request: Request, filing: Filing, known: _Known) -> list[events.Row]:
    """Return the events of a request that is just being filed, each sealed over the one before."""
    filed = events.following(
        request,
        1,
        Action.FILE,
        actor=actor_of(filing),
        at=filing.filed_at,
        from_state=None,
        to_state=State.RECEIVED,
    )
    if not known.reasons:
        return [filed]
    return [filed, transitions.begin_in_review(request, 2, known.reasons, at=filing.filed_at)]


def _review(request: Request, reason: ReviewReason, filing: Filing) -> dict[str, Any]:
    return {"request_id": request.id, "reason": reason, "opened_at": filing.filed_at}


def _received(filing: Filing, known: _Known) -> Request:
    """Return the request with the endings of what was chosen."""
    company = known.company
    name = company.name if company else filing.company_name
    tax_number = company.tax_number if company else filing.tax_number
    return Request(
        kind=Kind.CANCELLATION,
        reference=filing.reference or references.new(),
        filing_key=filing.key,
        channel=filing.channel,
        state=State.RECEIVED,
        filed_at=filing.filed_at,
        due_at=filing.held_until or filing.filed_at,
        company_id=company.id if company else None,
        company_name=name,
        tax_number=tax_number,
        country=company.country if company else filing.country,
        person_id=filing.person_id,
        requester_name=filing.requester_name,
        email=filing.email,
        phone=filing.phone,
        language=filing.language,
        authority=filing.authority,
        reason=filing.reason,
        reason_text=filing.reason_text,
        asked=filing.asked,
        contracts=filing.contracts,
        call_id=filing.call_id,
        linked_to_id=known.first,
        endings=[ending_of(one, filing.filed_at) for one in known.chosen],
        search_words=plain(f"{name} {tax_number} {filing.email} {filing.requester_name}"),
    )


def ending_of(subscription: Subscription, filed_at: datetime) -> Ending:
    """Return the end of one subscription, with the dates that the instant of filing fixes."""
    notice = notice_of(subscription, filed_at)
    return Ending(
        subscription=subscription,
        subscription_id=subscription.id,
        product=subscription.product,
        contract=subscription.contract,
        term_months=subscription.term_months,
        price_cents=subscription.price_cents,
        terms_version_id=subscription.terms_version_id,
        state=State.RECEIVED,
        zone=notice.zone,
        requested_on=notice.requested_on,
        notice_ends_on=notice.notice_ends_on,
        effective_on=notice.effective_on,
        last_access_on=notice.last_access_on,
        access_ends_at=notice.access_ends_at,
        deleted_on=notice.deleted_on,
        deletes_at=notice.deletes_at,
        steps=explanation.kept(notice.steps),
        done_until=filed_at,
    )


def actor_of(filing: Filing) -> Actor:
    """Return who filed: the customer, or the agent who took the call."""
    if filing.channel is Channel.PHONE:
        return Actor(By.AGENT, filing.by_person_id)
    return Actor(By.CUSTOMER, filing.person_id)


def _letters(
    session: Session,
    request: Request,
    company: Company | None,
    filing: Filing,
    cause: int,
    secret: str,
) -> list[Letter]:
    """Acknowledge a request, and ask the company of a visitor whether it is its own."""
    writer = Writer(session, [request], filing.filed_at)
    kind = MessageKind.ACKNOWLEDGEMENT
    letters = [writer.letter(request, kind, cause=cause, due_at=filing.held_until)]
    if company and filing.channel is Channel.HELP_CENTER and filing.authority is Authority.UNKNOWN:
        letters.append(_question(writer, request, company, filing.filed_at, cause, secret))
    return letters


def ask_the_company(
    session: Session, request: Request, company: Company, at: datetime, secret: str
) -> None:
    """Send the company, at its address on record, the link that shows this request is its own."""
    writer, cause = Writer(session, [request], at), request.events[-1].number
    outbox.put(session, _question(writer, request, company, at, cause, secret))


def _question(
    writer: Writer, request: Request, company: Company, at: datetime, cause: int, secret: str
) -> Letter:
    token = proof.sign(request.reference, secret, at)
    kind = MessageKind.VERIFICATION
    return writer.letter(request, kind, cause=cause, recipient=company.email, token=token)
