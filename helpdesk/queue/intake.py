"""The only way in: a Filing becomes an accepted request, whatever door it came through.

Nothing that was filed is ever refused here: what a machine should not decide goes to review.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk import bell
from helpdesk.directory import find, locks
from helpdesk.directory.holds import is_held
from helpdesk.directory.models import Company, Subscription
from helpdesk.messages import outbox
from helpdesk.queue import events, proof, references, telling, transitions
from helpdesk.queue.events import Actor, By
from helpdesk.queue.filing import Filing
from helpdesk.queue.letters import letter
from helpdesk.queue.models import Ending, Request
from helpdesk.rules import authority
from helpdesk.rules.notice import Notice, give_notice
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    Channel,
    Kind,
    MessageKind,
    State,
)
from helpdesk.rules.words import plain


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request in the queue, and whether this filing put it there or an earlier same one did."""

    request: Request
    is_new: bool


def accept(session: Session, filing: Filing, secret: str) -> Accepted:
    """Put a filing into the queue: request, endings, event, acknowledgement, reviews.

    Runs in the door's transaction. The same filing key a second time returns the first request.
    Raises NoResultFound when the data of the company that files has been deleted.
    """
    company = _company(session, filing)
    if filed := _filed(session, filing):
        return Accepted(filed, is_new=False)
    active = find.active_subscriptions(session, company.id) if company else ()
    chosen = _chosen(filing, active)
    request = _request(session, filing, company)
    request.endings = [ending_of(one, filing.filed_at) for one in chosen]
    try:
        with session.begin_nested():
            session.add(request)
    except IntegrityError:
        # Whoever files for no company of ours waits for nobody: the same came in just then.
        if filed := _filed(session, filing):
            return Accepted(filed, is_new=False)
        raise
    _record(session, request, filing)
    request.linked_to = transitions.already_ending(session, request)
    reasons = authority.reasons_to_review(
        authority=filing.authority,
        company_found=company is not None,
        active_subscriptions=len(active),
        chosen=len(chosen) if _is_clear(filing, chosen) else 0,
        duplicate=request.linked_to is not None,
        out_of_hours=filing.out_of_hours,
        on_hold=company is not None and is_held(session, company.id, filing.filed_at),
    )
    if reasons:
        transitions.send_to_review(session, request, reasons, at=filing.filed_at)
    if company and filing.channel is Channel.HELP_CENTER and filing.authority is Authority.UNKNOWN:
        ask_the_company(session, request, company, request.filed_at, secret)
    bell.ring(session)
    return Accepted(request, is_new=True)


def notice_of(subscription: Subscription, filed_at: datetime) -> Notice:
    """Return the dates that filing at an instant fixes for one subscription."""
    return give_notice(filed_at, ZoneInfo(subscription.company.zone), subscription.terms)


def _company(session: Session, filing: Filing) -> Company | None:
    """Return the company that a filing is for, which nobody else files for until this is over."""
    if filing.company_id is not None:
        return locks.company(session, filing.company_id)
    named = find.company_by_tax_number(session, filing.tax_number)
    return next(iter(locks.companies(session, [named.id])), None) if named else None


def _filed(session: Session, filing: Filing) -> Request | None:
    """Return the request that this filing has made already."""
    return session.scalar(select(Request).where(Request.filing_key == filing.key))


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


def _request(session: Session, filing: Filing, company: Company | None) -> Request:
    name = company.name if company else filing.company_name
    tax_number = company.tax_number if company else filing.tax_number
    return Request(
        kind=Kind.CANCELLATION,
        reference=_free_reference(session, filing.reference),
        filing_key=filing.key,
        channel=filing.channel,
        state=State.RECEIVED,
        filed_at=filing.filed_at,
        due_at=filing.held_until or filing.filed_at,
        company=company,
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
        search_words=plain(f"{name} {tax_number} {filing.email} {filing.requester_name}"),
    )


def _free_reference(session: Session, wanted: str | None) -> str:
    reference = wanted or references.new()
    while session.scalar(select(Request.id).where(Request.reference == reference)) is not None:
        reference = references.new()
    return reference


def ending_of(subscription: Subscription, filed_at: datetime) -> Ending:
    """Return the end of one subscription, with the dates that the instant of filing fixes."""
    notice = notice_of(subscription, filed_at)
    return Ending(
        subscription=subscription,
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
        steps=[step.as_json() for step in notice.steps],
        done_until=filed_at,
    )


def actor_of(filing: Filing) -> Actor:
    """Return who filed: the customer, or the agent who took the call."""
    if filing.channel is Channel.PHONE:
        return Actor(By.AGENT, filing.by_person_id)
    return Actor(By.CUSTOMER, filing.person_id)


def _record(session: Session, request: Request, filing: Filing) -> None:
    events.add(
        request,
        Action.FILE,
        actor=actor_of(filing),
        at=filing.filed_at,
        to_state=State.RECEIVED,
    )
    outbox.put(
        session,
        letter(request, MessageKind.ACKNOWLEDGEMENT, filing.filed_at, due_at=filing.held_until),
    )


def ask_the_company(
    session: Session, request: Request, company: Company, at: datetime, secret: str
) -> None:
    """Send the company, at its address on record, the link that shows this request is its own."""
    token = proof.sign(request.reference, secret, at)
    kind = MessageKind.VERIFICATION
    outbox.put(session, letter(request, kind, at, recipient=company.email, token=token))
