"""Ask to cancel: the form, its dates as one chooses, the page to check, and the filing.

Nothing is kept between the steps but in the page itself, so that a lost session loses nothing.
"""

from collections.abc import Sequence

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import access, clock, languages
from helpdesk.database import db, transaction
from helpdesk.directory import find
from helpdesk.directory.models import Person
from helpdesk.help_center import answers, bp, memory
from helpdesk.help_center.dates import preview
from helpdesk.help_center.filing import KeyTaken, file, filing
from helpdesk.help_center.forms import RequestForm, SignedInForm, VisitorForm
from helpdesk.limits import FILE, limiter
from helpdesk.queue import search
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Role


@bp.get("/request")
def ask() -> ResponseReturnValue:
    """Show the form, filled for those who are signed in."""
    return _form_page(_form())


@bp.post("/request/dates")
@limiter.limit(FILE)
def dates() -> ResponseReturnValue:
    """Return the dates of what is chosen so far."""
    given = preview(db.session(), _form(), clock.now())
    return render_template("help_center/_dates.html", preview=given)


@bp.post("/request")
@limiter.limit(FILE)
def create() -> ResponseReturnValue:
    """Check the form, go back to it, or file it: what the pressed button says."""
    form, step = _form(), request.form.get("step")
    form.check_key()
    if _is_staff(access.visitor()):
        return _form_page(form), 403
    if step == "edit":
        return _form_page(form)
    if not form.validate():
        return _form_page(form), 400
    return _send(form) if step == "send" else _check_page(form)


def _send(form: RequestForm) -> ResponseReturnValue:
    if not form.is_promised():
        return _check_page(form), 400
    given = filing(form, clock.now(), languages.current())
    secret = current_app.config["SETTINGS"].secret_key
    try:
        with transaction() as session:
            reference = file(session, given, secret, memory.remembered()).reference
    except KeyTaken:
        abort(409)
    memory.remember(reference)
    return redirect(url_for("help_center.show", reference=reference), 303)


def _form() -> RequestForm:
    person = access.visitor()
    if person is None or person.company is None:
        return VisitorForm()
    active = find.active_subscriptions(db.session(), person.company.id)
    asked_for = request.args.get("contract") or (active[0].contract if len(active) == 1 else "")
    known = {
        "requester_name": person.name,
        "email": person.email,
        "phone": languages.phone(person.phone or person.company.phone),
        "contracts": [asked_for] if asked_for else [],
    }
    return SignedInForm(person, active, data=known)


def _is_staff(person: Person | None) -> bool:
    return person is not None and person.role is not Role.CUSTOMER


def _form_page(form: RequestForm) -> str:
    session, person = db.session(), access.visitor()
    own = isinstance(form, SignedInForm)
    return render_template(
        "help_center/request.html",
        form=form,
        person=person if own else None,
        is_staff=_is_staff(person),
        notes=answers.notes(form, _own_requests(person), clock.now()),
        preview=preview(session, form, clock.now()),
    )


def _own_requests(person: Person | None) -> Sequence[Request]:
    if person is None or person.company_id is None:
        return ()
    return search.of_company(db.session(), person.company_id)


def _check_page(form: RequestForm) -> str:
    given = preview(db.session(), form, clock.now())
    form.promise(given.last_access_on if given else None)
    rows = answers.rows(form, url_for(".create"))
    return render_template("help_center/check.html", form=form, rows=rows, preview=given)
