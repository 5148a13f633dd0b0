"""What was typed and chosen, as the page to check shows it, and what is known of each choice."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext

from helpdesk import labels
from helpdesk.directory.models import Subscription
from helpdesk.help_center import standing
from helpdesk.help_center.forms import RequestForm, SignedInForm
from helpdesk.languages import money, phone, short_date
from helpdesk.queue import references
from helpdesk.queue.models import Request
from helpdesk.rules.notice import next_renewal
from helpdesk.rules.vocabulary import Reason

Row = tuple[str, str, str | None]


def rows(form: RequestForm, address: str) -> list[Row]:
    """Return each answer with the address of its field on the form; None where it is known."""
    nothing = gettext("Nothing given")
    own = isinstance(form, SignedInForm)
    business = f"{form['company_name'].data}\n{form['tax_number'].data}"
    reason = labels.word(Reason(form.reason.data)) if form.reason.data else ""
    subscriptions = _subscriptions(form)
    first = "contracts-0" if own else "contracts"
    return [
        (gettext("Business"), business, None if own else f"{address}#company_name"),
        (gettext("Your name"), form.requester_name.data or "", f"{address}#requester_name"),
        (gettext("E-mail"), form.email.data or "", f"{address}#email"),
        (gettext("Phone"), phone(form.phone.data) or nothing, f"{address}#phone"),
        (gettext("Subscriptions to cancel"), subscriptions, f"{address}#{first}"),
        (
            gettext("Reason"),
            _lines(reason, form.reason_text.data) or nothing,
            f"{address}#reason-0",
        ),
        (gettext("What you ask of us"), form.asked.data or nothing, f"{address}#asked"),
    ]


def _subscriptions(form: RequestForm) -> str:
    if isinstance(form, SignedInForm):
        named = "\n".join(f"{one.product} · {one.contract}" for one in form.chosen)
        return named or gettext("We know of none that is active")
    return str(form["contracts"].data or gettext("All of the business"))


def _lines(*texts: str | None) -> str:
    return "\n".join(text for text in texts if text)


def notes(form: RequestForm, requests: Sequence[Request], at: datetime) -> dict[str, str]:
    """Return what is known of each subscription one may choose, by its contract."""
    if not isinstance(form, SignedInForm):
        return {}
    under_way = standing.under_way(requests)
    return {one.contract: _note(one, under_way.get(one.contract), at) for one in form.active}


def _note(subscription: Subscription, reference: str | None, at: datetime) -> str:
    today = at.astimezone(ZoneInfo(subscription.company.zone)).date()
    note = gettext(
        "%(price)s, %(term)s, next renewal on %(day)s.",
        price=money(subscription.price_cents),
        term=labels.term(subscription.term_months),
        day=short_date(next_renewal(today, subscription.terms)),
    )
    if reference is None:
        return note
    already = gettext(
        "Already being cancelled by request %(reference)s, whose dates stand.",
        reference=references.written(reference),
    )
    return f"{note} {already}"
