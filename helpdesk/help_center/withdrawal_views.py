"""Withdraw a request: by whoever follows it, or by the business when it is asked for its word."""

from http import HTTPStatus

from flask import abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from helpdesk import access, clock
from helpdesk.database import db, transaction
from helpdesk.forms import KeepForm
from helpdesk.help_center import bp, memory, standing
from helpdesk.limits import FILE, limiter
from helpdesk.queue import proof, references, review, search, withdrawal
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Role


@bp.get("/requests/<reference>/withdrawal")
def withdrawal_page(reference: str) -> ResponseReturnValue:
    """Show what would go on, and who can decide it."""
    found = _found(reference)
    if not withdrawal.is_possible(found, clock.now()):
        return redirect(url_for(".show", reference=reference), HTTPStatus.SEE_OTHER)
    return _page(found, _form(found))


@bp.post("/requests/<reference>/withdrawal")
@limiter.limit(FILE)
def withdraw(reference: str) -> ResponseReturnValue:
    """Withdraw what is chosen, or ask the business whether it wants that."""
    found, person, at = _found(reference), access.visitor(), clock.now()
    form, stored, is_known = _form(found), found.reference, _is_known(found)
    may = withdrawal.may(db.session(), found, person, is_known=is_known)
    if may and not form.validate():
        return _page(found, form), HTTPStatus.BAD_REQUEST
    actor = Actor(By.CUSTOMER, person.id if person else None)
    try:
        with transaction() as session:
            locked = review.locked(session, stored) or abort(HTTPStatus.NOT_FOUND)
            # Asked again: it may have been confirmed a moment before.
            may = may and withdrawal.may(session, locked, access.visitor(), is_known=is_known)
            if may:
                withdrawal.withdraw(session, locked, form.chosen, actor=actor, at=at)
            else:
                withdrawal.ask(session, locked, at, _secret())
    except withdrawal.TooLate:
        return _page(_found(reference), form), HTTPStatus.CONFLICT
    then = ".show" if may else ".withdrawal_page"
    return redirect(url_for(then, reference=references.written(stored)), HTTPStatus.SEE_OTHER)


@bp.get("/withdrawals/<token>")
def withdrawal_asked(token: str) -> ResponseReturnValue:
    """Ask the business, at its address on record, whether it wants to keep its subscriptions."""
    found = _proved(token)
    return _word_page(found, _form(found, trusted=True), token) if found else _no_proof()


@bp.post("/withdrawals/<token>")
@limiter.limit(FILE)
def keep(token: str) -> ResponseReturnValue:
    """Take the word of the business that its subscriptions go on."""
    found, at = _proved(token), clock.now()
    if found is None:
        return _no_proof()
    form, stored, business = _form(found, trusted=True), found.reference, Actor(By.BUSINESS)
    if not form.validate():
        return _word_page(found, form, token), HTTPStatus.BAD_REQUEST
    try:
        with transaction() as session:
            locked = review.locked(session, stored) or abort(HTTPStatus.NOT_FOUND)
            withdrawal.withdraw(session, locked, form.chosen, actor=business, at=at)
    except withdrawal.TooLate:
        return _word_page(_proved(token) or found, form, token), HTTPStatus.CONFLICT
    return redirect(url_for(".withdrawal_asked", token=token), HTTPStatus.SEE_OTHER)


def _found(reference: str) -> Request:
    """Return the request that this browser may see; our own people have pages of their own."""
    person = access.visitor()
    found = memory.visible(db.session(), person, reference)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    if person is not None and person.role is not Role.CUSTOMER:
        abort(HTTPStatus.FORBIDDEN)
    return found


def _is_known(request: Request) -> bool:
    return request.reference in memory.remembered()


def _proved(token: str) -> Request | None:
    stored = proof.read(token, _secret(), clock.now(), proof.WITHDRAW)
    return search.by_reference(db.session(), stored) if stored else None


def _form(request: Request, *, trusted: bool = False) -> KeepForm:
    kept = withdrawal.kept(request, clock.now(), is_own=trusted)
    return KeepForm([(one.ending.id, one.ending.product) for one in kept])


def _page(request: Request, form: KeepForm) -> str:
    session, at = db.session(), clock.now()
    return render_template(
        "help_center/withdrawal.html",
        form=form,
        request_=request,
        reference=references.written(request.reference),
        kept=withdrawal.kept(request, at),
        is_over=not withdrawal.is_possible(request, at),
        may=withdrawal.may(session, request, access.visitor(), is_known=_is_known(request)),
        is_asked=withdrawal.is_asked(session, request),
    )


def _word_page(request: Request, form: KeepForm, token: str) -> str:
    at = clock.now()
    return render_template(
        "help_center/withdrawal_word.html",
        form=form,
        request_=request,
        kept=withdrawal.kept(request, at, is_own=True),
        is_possible=withdrawal.is_possible(request, at),
        today=at.astimezone(standing.zone(request)).date(),
        token=token,
    )


def _no_proof() -> ResponseReturnValue:
    return render_template("help_center/no_proof.html"), HTTPStatus.NOT_FOUND


def _secret() -> str:
    return str(current_app.config["SETTINGS"].secret_key)
