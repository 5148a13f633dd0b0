"""The pages of a cancellation, each from the same form."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import render_template, url_for
from flask_babel import gettext

from helpdesk import access, clock, labels, languages, legislations
from helpdesk.account import words
from helpdesk.account.forms import CancellationForm
from helpdesk.account.who import may_cancel, those_who_may
from helpdesk.database import db
from helpdesk.languages import long_date
from helpdesk.queue import papers, permission
from helpdesk.queue.models import Ending, Request
from helpdesk.queue.outlook import Outlook, outlook
from helpdesk.queue.references import written
from helpdesk.rules.lifecycle import is_open
from helpdesk.rules.vocabulary import Reason, State


def manage(form: CancellationForm) -> str:
    """Show the conditions of each subscription, with a box for each that can be cancelled."""
    person = access.person()
    if not may_cancel(person):
        return ask(form)
    return render_template(
        "account/manage.html",
        form=form,
        boxes={box.data: box for box in form.contract},
        outlook=outlook,
        words=words,
    )


def ask(form: CancellationForm) -> str:
    """Show the conditions to somebody who may not cancel, and who can be asked to."""
    session, standing = db.session(), form.standing
    colleagues = those_who_may(session, access.person())
    subscriptions = [one.subscription for one in standing]
    return render_template(
        "account/ask.html",
        standing=standing,
        outlook=outlook,
        words=words,
        colleagues=colleagues,
        asked=permission.asked_today(session, subscriptions, colleagues, clock.now()),
    )


def information(form: CancellationForm) -> str:
    """Show what cancelling means, and ask why, for those who like to say."""
    return render_template("account/information.html", form=form, outlooks=_outlooks(form))


def data(form: CancellationForm) -> str:
    """Show what happens to the data and by when to collect it."""
    outlooks = _outlooks(form)
    form.promise(min(one.notice.last_access_on for one in outlooks))
    country = form.chosen[0].subscription.company.country
    return render_template(
        "account/data.html",
        form=form,
        outlooks=outlooks,
        books=legislations.of(country).books[languages.current()],
    )


def confirm(form: CancellationForm) -> str:
    """Show everything, to be corrected or sent."""
    outlooks = _outlooks(form)
    form.promise(min(one.notice.last_access_on for one in outlooks))
    company = form.chosen[0].subscription.company
    chosen = "\n".join(f"{one.product} · {one.contract}" for one in outlooks)
    said = form.said
    reason = labels.word(Reason(form.reason.data)) if form.reason.data else None
    return render_template(
        "account/confirm.html",
        form=form,
        outlooks=outlooks,
        today=words.today(form.chosen[0]),
        rows=[
            (gettext("Business"), f"{company.name}\n{company.tax_number}", None),
            (gettext("Subscriptions to cancel"), chosen, url_for(".manage", **said)),
            (
                gettext("Reason"),
                reason or gettext("Nothing given"),
                url_for(".inform", **said),
            ),
            (
                gettext("Your data"),
                form.collected.label.text,
                url_for(".confirm_data", **said),
            ),
        ],
    )


def _outlooks(form: CancellationForm) -> list[Outlook]:
    return [outlook(one.subscription, one.at) for one in form.chosen]


def done(request: Request, at: datetime) -> dict[str, object]:
    """Return what is told of a request that was just made."""
    endings = [one for one in request.endings if is_open(one.state)]
    zone = ZoneInfo(endings[0].zone)
    is_examined = request.state is State.IN_REVIEW
    is_told = len(endings) == 1 and not is_examined
    return {
        "heading": _heading(endings, is_examined=is_examined),
        "is_examined": is_examined,
        "is_told": is_told,
        "endings": endings,
        "last_access_on": min(one.last_access_on for one in endings),
        "today": at.astimezone(zone).date(),
        "reference": written(request.reference),
        "documents": papers.of_request(db.session(), request),
        "zone": zone.key,
        "may_cancel": may_cancel(access.person()),
        "rows": [
            (gettext("Reference"), written(request.reference), None),
            (gettext("Confirmation by e-mail to"), request.email, None),
        ],
    }


def _heading(endings: Sequence[Ending], *, is_examined: bool) -> str:
    if is_examined:
        return gettext("Your request is registered and is being examined.")
    if len(endings) == 1:
        day = long_date(endings[0].effective_on)
        return gettext("Your subscription ends on %(day)s", day=day)
    return gettext("Your subscriptions end on these days")
