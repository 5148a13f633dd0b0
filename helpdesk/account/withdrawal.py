"""Keep a subscription after all: whoever may cancel may take it back, until access ends."""

from http import HTTPStatus

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from helpdesk import access, clock
from helpdesk.account import bp
from helpdesk.account.cancellation import only_who_may_cancel
from helpdesk.database import db, transaction
from helpdesk.forms import KeepForm
from helpdesk.limits import FILE, limiter
from helpdesk.queue import references, review, search, withdrawal
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request


@bp.get("/requests/<reference>/withdrawal")
@only_who_may_cancel
def ask_withdrawal(reference: str) -> ResponseReturnValue:
    """Show what would go on."""
    found = _found(reference)
    if not withdrawal.is_possible(found, clock.now()):
        return redirect(url_for(".done", reference=reference), HTTPStatus.SEE_OTHER)
    return _page(found, _form(found))


@bp.post("/requests/<reference>/withdrawal")
@limiter.limit(FILE)
@only_who_may_cancel
def withdraw(reference: str) -> ResponseReturnValue:
    """Withdraw what is chosen; a second time changes nothing."""
    found, at = _found(reference), clock.now()
    form, stored = _form(found), found.reference
    actor = Actor(By.CUSTOMER, access.person().id)
    if not form.validate():
        return _page(found, form), HTTPStatus.BAD_REQUEST
    try:
        with transaction() as session:
            locked = review.locked(session, stored) or abort(HTTPStatus.NOT_FOUND)
            withdrawal.withdraw(session, locked, form.chosen, actor=actor, at=at)
    except withdrawal.TooLate:
        return _page(_found(reference), form), HTTPStatus.CONFLICT
    written = references.written(stored)
    return redirect(url_for(".done", reference=written), HTTPStatus.SEE_OTHER)


def _found(reference: str) -> Request:
    found = search.visible_to(db.session(), access.person(), reference)
    return found or abort(HTTPStatus.NOT_FOUND)


def _form(request: Request) -> KeepForm:
    kept = withdrawal.kept(request, clock.now(), is_own=True)
    return KeepForm([(one.ending.id, one.ending.product) for one in kept])


def _page(request: Request, form: KeepForm) -> str:
    at = clock.now()
    return render_template(
        "account/withdrawal.html",
        form=form,
        reference=references.written(request.reference),
        kept=withdrawal.kept(request, at, is_own=True),
        is_over=not withdrawal.is_possible(request, at),
    )
