"""What the form shows before anything is sent: the dates of a request made now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from wtforms import ValidationError as Wrong

from helpdesk import legislations
from helpdesk.directory import find
from helpdesk.directory.models import Subscription
from helpdesk.forms import read_tax_number
from helpdesk.help_center.forms import RequestForm, SignedInForm, VisitorForm
from helpdesk.queue.outlook import Outlook, outlook
from helpdesk.queue.telling import named
from helpdesk.rules.vocabulary import Country

USUAL_NOTICE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Preview:
    """The dates that can be told now; `notice_until` where only the notice is known."""

    outlooks: tuple[Outlook, ...]
    today: date
    notice_until: date | None

    @property
    def last_access_on(self) -> date | None:
        """The first of the last days of access, until which the data must be collected."""
        return min((one.notice.last_access_on for one in self.outlooks), default=None)


def preview(session: Session, form: RequestForm, at: datetime) -> Preview | None:
    """Return the dates for what is chosen so far; None while nothing is."""
    if isinstance(form, SignedInForm):
        return _preview(form.chosen, form.country, at, whole=True) if form.chosen else None
    if isinstance(form, VisitorForm):
        return _of_pair(session, form.tax_number.data or "", form.contracts.data or "", at)
    return None


def _of_pair(session: Session, tax_number: str, contracts: str, at: datetime) -> Preview | None:
    """Return the dates of the contracts typed beside their own company's number.

    A wrong pair says exactly what an unknown one says: nothing of others may show.
    """
    try:
        country, number = read_tax_number(tax_number)
    except Wrong:
        return None
    typed = named(contracts)
    company = find.company_by_tax_number(session, number) if typed else None
    active = find.active_subscriptions(session, company.id) if company else ()
    found = [one for one in active if one.contract in typed]
    return _preview(found, country, at, whole=bool(found) and len(found) == len(typed))


def _preview(
    subscriptions: Iterable[Subscription], country: Country, at: datetime, *, whole: bool
) -> Preview:
    today = at.astimezone(ZoneInfo(legislations.of(country).zone)).date()
    return Preview(
        tuple(outlook(one, at) for one in subscriptions),
        today,
        None if whole else today + USUAL_NOTICE,
    )
