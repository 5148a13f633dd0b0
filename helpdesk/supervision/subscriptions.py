"""Find the business and the subscriptions that a request in review did not name."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from helpdesk import access, clock, labels
from helpdesk.database import db, transaction
from helpdesk.directory import find
from helpdesk.directory.models import Company, Subscription
from helpdesk.languages import long_date
from helpdesk.queue import assign, intake, references, review, search
from helpdesk.queue.events import Actor, By
from helpdesk.queue.listing import LONGEST_SEARCH, Request
from helpdesk.rules.lifecycle import MoveRefused
from helpdesk.rules.vocabulary import State
from helpdesk.supervision import bp, facts
from helpdesk.supervision.forms import AssignForm, CompanySearchForm


class Offer(NamedTuple):
    """One company with its active subscriptions to choose from, and when each would end."""

    company: Company
    form: AssignForm
    notes: dict[str, str]


@bp.get("/requests/<reference>/subscriptions")
def find_subscriptions(reference: str) -> ResponseReturnValue:
    """Search for the business of a request, and offer its active subscriptions."""
    return _page(reference), HTTPStatus.OK


@bp.post("/requests/<reference>/subscriptions")
def assign_subscriptions(reference: str) -> ResponseReturnValue:
    """Give the request its business and endings, with the dates of the day it was filed."""
    form, stored = AssignForm(), _found(reference).reference
    if not form.validate():
        return _page(reference, form), HTTPStatus.BAD_REQUEST
    actor = Actor(By.SUPERVISOR, access.person().id)
    secret = current_app.config["SETTINGS"].secret_key
    try:
        with transaction() as session:
            given = form.assignment()
            locked = review.locked(session, stored, given.company_id) or abort(404)
            assign.assign(session, locked, given, actor=actor, at=clock.now(), secret=secret)
    except (review.Stale, MoveRefused):
        problem = gettext(
            "This request changed in the meantime. Look at it again before you go on."
        )
        return _page(reference, form, problem), HTTPStatus.CONFLICT
    except assign.NotAssignable:
        problem = gettext(
            "These subscriptions are not active any more, or not all of one business."
        )
        return _page(reference, form, problem), HTTPStatus.CONFLICT
    return redirect(url_for(".show", reference=references.written(stored)), 303)


def _found(reference: str) -> Request:
    found = search.visible_to(db.session(), access.person(), reference)
    if found is None:
        abort(404)
    return found


def _page(reference: str, typed: AssignForm | None = None, problem: str = "") -> str:
    session, found = db.session(), _found(reference)
    wanted = request.args.get("search", found.tax_number)[:LONGEST_SEARCH]
    is_open = found.state is State.IN_REVIEW and not found.endings
    companies = find.companies_matching(session, wanted) if is_open and wanted.strip() else ()
    return render_template(
        "supervision/subscriptions.html",
        found=found,
        is_open=is_open,
        wanted=wanted,
        search=CompanySearchForm(formdata=None, search=wanted),
        offers=[_offer(found, company, typed) for company in companies],
        told=facts.of_request(found),
        problem=problem,
        typed=typed,
    )


def _offer(found: Request, company: Company, typed: AssignForm | None) -> Offer:
    active = find.active_subscriptions(db.session(), company.id)
    if typed is not None and typed.company_id.data == str(company.id):
        form = typed
        form.version.data = str(found.version)
    else:
        given = {"company_id": str(company.id), "version": str(found.version)}
        form = AssignForm(formdata=None, data=given)
    form.name_controls(f"company-{company.id}")
    form.subscriptions.choices = [
        (one.id, f"{one.product} · {one.contract} · {labels.term(one.term_months)}")
        for one in active
    ]
    return Offer(company, form, _ends(found, active))


def _ends(found: Request, active: Sequence[Subscription]) -> dict[str, str]:
    """Return when each subscription would end, counted from the day the request was filed."""
    return {
        str(one.id): gettext(
            "ends on %(day)s", day=long_date(intake.notice_of(one, found.filed_at).effective_on)
        )
        for one in active
    }
