"""Give a request in review the company and the subscriptions that its filing did not name.

The dates come from the instant when it was filed: the time that we took to find out never counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.directory import find
from helpdesk.directory.holds import is_held
from helpdesk.directory.models import Company, Subscription
from helpdesk.queue import intake, transitions
from helpdesk.queue.events import Actor
from helpdesk.queue.models import Request, Review
from helpdesk.queue.review import Stale
from helpdesk.rules import authority
from helpdesk.rules.vocabulary import Action, Authority, Channel, ReviewReason
from helpdesk.rules.words import plain


class NotAssignable(Exception):
    """Only active subscriptions of one company can be given, and only to a request without any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What a supervisor found for the request as they saw it (`version`)."""

    company_id: int
    subscription_ids: tuple[int, ...]
    version: int


def assign(
    session: Session,
    request: Request,
    found: Assignment,
    *,
    actor: Actor,
    at: datetime,
    secret: str,
) -> None:
    """Give the request its company and endings, and review what only now can be judged.

    Both are locked (`review.locked`).
    Raises Stale when the request is no longer the one they saw, NotAssignable when there is
    nothing to give or it has its endings already, MoveRefused outside review.
    """
    if request.version != found.version:
        raise Stale(request)
    company = session.get(Company, found.company_id)
    active = find.active_subscriptions(session, found.company_id)
    chosen = [one for one in active if one.id in found.subscription_ids]
    if company is None or not chosen or request.endings:
        raise NotAssignable
    why = _difference(request, company, chosen)
    _name(request, company)
    request.endings = [intake.ending_of(one, request.filed_at) for one in chosen]
    for ending in request.endings:
        ending.state = request.state
    transitions.move(session, request, Action.ASSIGN, actor=actor, at=at, why=why)
    _review_again(session, request, company, len(active), at)
    if request.channel is Channel.HELP_CENTER and request.authority is Authority.UNKNOWN:
        intake.ask_the_company(session, request, company, at, secret)


def _difference(request: Request, company: Company, chosen: Sequence[Subscription]) -> str:
    """Return in figures and names what was found, beside what had been typed."""
    contracts = ", ".join(one.contract for one in chosen)
    return (
        f"{request.company_name} ({request.tax_number})"
        f" → {company.name} ({company.tax_number}): {contracts}"
    )


def _name(request: Request, company: Company) -> None:
    typed = request.search_words
    request.company = company
    request.company_name = company.name
    request.tax_number = company.tax_number
    request.country = company.country
    # What was typed can still be searched for.
    request.search_words = f"{plain(f'{company.name} {company.tax_number}')} {typed}"


def _review_again(
    session: Session, request: Request, company: Company, active: int, at: datetime
) -> None:
    """Settle what has been found, and open what the company now gives reason for."""
    session.flush()  # The search for an earlier request reads the endings' subscriptions.
    request.linked_to = transitions.already_ending(session, request)
    reasons = authority.reasons_to_review(
        authority=request.authority,
        company_found=True,
        active_subscriptions=active,
        chosen=len(request.endings),
        duplicate=request.linked_to is not None,
        out_of_hours=any(one.reason is ReviewReason.OUT_OF_HOURS for one in request.reviews),
        on_hold=is_held(session, company.id, at),
    )
    for review in request.reviews:
        if review.reason not in reasons:
            review.settled_at = review.settled_at or at
    known = {review.reason for review in request.reviews}
    request.reviews.extend(
        Review(reason=reason, opened_at=at) for reason in reasons if reason not in known
    )
