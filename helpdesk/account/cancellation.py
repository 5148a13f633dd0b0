"""Cancel subscriptions: one thing a page, each step an address that carries all that was said.

Nothing is kept on the server before the last step, which alone is a post: going back, a reload, a
lost session or a restart lose nothing.
"""

from collections.abc import Callable
from http import HTTPStatus

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from helpdesk import access, clock, languages
from helpdesk.account import bp, pages
from helpdesk.account.filing import Changed, KeyTaken, file, filing
from helpdesk.account.forms import CancellationForm
from helpdesk.account.who import company, only_with_authority
from helpdesk.database import db, transaction
from helpdesk.limits import FILE, limiter
from helpdesk.queue import gate, search
from helpdesk.rules.lifecycle import is_open

only_who_may_cancel = only_with_authority("account/not_allowed.html")


@bp.get("/cancellation")
@only_who_may_cancel
def inform() -> ResponseReturnValue:
    """Show what cancelling means and ask why; a link to here is the prepared step."""
    if not request.args:
        return redirect(url_for(".manage"), 303)
    return _step(pages.information, _form(request.args))


@bp.get("/cancellation/data")
@only_who_may_cancel
def confirm_data() -> ResponseReturnValue:
    """Show what happens to the data, and ask to confirm its collection."""
    return _step(pages.data, _form(request.args))


@bp.get("/cancellation/check")
@only_who_may_cancel
def check() -> ResponseReturnValue:
    """Show everything before it is sent."""
    return _step(pages.confirm, _form(request.args), promised=True)


@bp.post("/cancellation")
@limiter.limit(FILE)
@only_who_may_cancel
def create() -> ResponseReturnValue:
    """Cancel: file the request, and show its end; the same one a second time changes nothing."""
    form = _form(request.form)
    form.check_key()
    filed = search.filed_as(db.session(), form.key.data or "")
    if filed and filed.company_id == company().id:
        return redirect(url_for(".done", reference=filed.reference), 303)
    return _step(_file, form, promised=True)


@bp.get("/requests/<reference>")
def done(reference: str) -> ResponseReturnValue:
    """Show the end that a request gives, how to keep the subscription, how to come back."""
    found = search.visible_to(db.session(), access.person(), reference)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    if not is_open(found.state) or not found.endings:
        return redirect(url_for("help_center.show", reference=reference), 303)
    return render_template("account/done.html", **pages.done(found, clock.now()))


def _step(
    page: Callable[[CancellationForm], ResponseReturnValue],
    form: CancellationForm,
    *,
    promised: bool = False,
) -> ResponseReturnValue:
    """Show a page, or the one before it on which something is missing or has changed."""
    if form.gone:
        return pages.manage(form), HTTPStatus.CONFLICT
    if not form.validate():
        earlier = pages.manage if form.contract.errors else pages.information
        return earlier(form), HTTPStatus.BAD_REQUEST
    if promised and not form.is_promised():
        return pages.data(form), HTTPStatus.BAD_REQUEST
    return page(form)


def _file(form: CancellationForm) -> ResponseReturnValue:
    given = filing(form, access.person(), clock.now(), languages.current())
    secret = current_app.config["SETTINGS"].secret_key
    try:
        with transaction() as session:
            reference = file(session, given, secret).reference
    except Changed:
        return _step(pages.confirm, _form(request.form), promised=True)
    except KeyTaken:
        abort(HTTPStatus.CONFLICT)
    return redirect(url_for(".done", reference=reference), 303)


def _form(said: MultiDict[str, str]) -> CancellationForm:
    standing = gate.of_company(db.session(), company().id, clock.now())
    return CancellationForm(standing, said)
