"""From the checked form to the Filing that the one intake accepts."""

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.help_center.forms import RequestForm, SignedInForm
from helpdesk.queue import intake
from helpdesk.queue.filing import Filing
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Authority, Channel, Language, Reason


class KeyTaken(Exception):
    """This key belongs to a request of somebody else, of which nothing may show."""


def filing(form: RequestForm, at: datetime, language: Language) -> Filing:
    """Return what the form says, made at an instant."""
    person = form.person if isinstance(form, SignedInForm) else None
    own = isinstance(form, SignedInForm)
    return Filing(
        key=form.key.data or "",
        channel=Channel.HELP_CENTER,
        filed_at=at,
        company_id=person.company_id if person else None,
        company_name=form["company_name"].data,
        tax_number=form["tax_number"].data,
        country=form.country,
        subscription_ids=tuple(one.id for one in form.chosen) if own else (),
        contracts="" if own else form["contracts"].data or "",
        person_id=person.id if person else None,
        requester_name=form.requester_name.data or "",
        authority=person.authority if person else Authority.UNKNOWN,
        email=form.email.data or "",
        phone=form.phone.data or None,
        language=language,
        reason=Reason(form.reason.data) if form.reason.data else None,
        reason_text=form.reason_text.data or "",
        asked=form.asked.data or "",
    )


def file(session: Session, given: Filing, secret: str, seen: list[str]) -> Request:
    """File it, or return the request that this same filing already is.

    Raises KeyTaken when its key is that of a request that this visitor neither filed (`seen`)
    nor describes in the same way.
    """
    accepted = intake.accept(session, given, secret)
    request = accepted.request
    same = (request.email, request.tax_number) == (given.email, given.tax_number)
    if not accepted.is_new and not same and request.reference not in seen:
        raise KeyTaken
    return request
