"""From the checked form to the Filing that the one intake accepts."""

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.account.forms import CancellationForm
from helpdesk.directory import locks
from helpdesk.directory.models import Person
from helpdesk.queue import gate, intake, search
from helpdesk.queue.filing import Filing
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Channel, Language, Reason


class Changed(Exception):
    """What was to be cancelled is being ended already: somebody else was faster."""


class KeyTaken(Exception):
    """This key belongs to a request of another company, of which nothing may show."""


def filing(form: CancellationForm, person: Person, at: datetime, language: Language) -> Filing:
    """Return what a company's own person cancels, made at an instant."""
    company = form.chosen[0].subscription.company
    return Filing(
        key=form.key.data or "",
        channel=Channel.ACCOUNT,
        filed_at=at,
        company_id=company.id,
        company_name=company.name,
        tax_number=company.tax_number,
        country=company.country,
        subscription_ids=tuple(one.subscription.id for one in form.chosen),
        person_id=person.id,
        requester_name=person.name,
        authority=person.authority,
        email=person.email,
        phone=person.phone,
        language=language,
        reason=Reason(form.reason.data) if form.reason.data else None,
    )


def file(session: Session, given: Filing, secret: str) -> Request:
    """File it, or return the request that this same filing already is.

    Raises Changed when something ends one of the subscriptions already, KeyTaken when the key is
    that of another company's request.
    """
    locks.companies(session, [given.company_id])
    filed = search.filed_as(session, given.key)
    if filed is not None:
        if filed.company_id != given.company_id:
            raise KeyTaken
        return filed
    standing = gate.of_company(session, given.company_id or 0, given.filed_at)
    free = {one.subscription.id for one in standing if one.may_be_cancelled}
    if not free >= set(given.subscription_ids):
        raise Changed
    return intake.accept(session, given, secret).request
