"""Follow a request: its page, the answer to our question, the word of the business itself."""

from datetime import datetime

from flask import abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from helpdesk import access, clock, headers
from helpdesk.database import db, transaction
from helpdesk.documents import shelf
from helpdesk.help_center import bp, memory, standing
from helpdesk.help_center.tracking_forms import AnswerForm, TrackForm, VerifyForm
from helpdesk.limits import FILE, TRACK, limiter
from helpdesk.queue import papers, proof, references, review, search, withdrawal
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.queue.telling import tellable
from helpdesk.rules.lifecycle import MoveRefused
from helpdesk.rules.vocabulary import Action, Role


@bp.get("/track")
def track() -> ResponseReturnValue:
    """Ask for a reference and an e-mail; show signed-in people theirs at once."""
    return _track_page(TrackForm())


@bp.post("/track")
@limiter.limit(TRACK)
def find_request() -> ResponseReturnValue:
    """Go to the request; a wrong pair says the same whether the reference exists or not."""
    form = TrackForm()
    if form.validate():
        found = search.tracked(db.session(), form.reference.data or "", form.email.data or "")
        if found:
            memory.remember(found.reference)
            return redirect(url_for(".show", reference=found.reference), 303)
        form.refuse(
            form.reference,
            gettext("No request has this reference and this e-mail. Check both and try again."),
        )
    return _track_page(form), 400


@bp.get("/requests/<reference>")
def show(reference: str) -> ResponseReturnValue:
    """Show where a request stands: the receipt, and later how it went."""
    request = memory.visible(db.session(), access.visitor(), reference)
    if request is None:
        return redirect(url_for(".track"), 303)
    return _request_page(request, AnswerForm())


@bp.get("/requests/<reference>/documents/<int(max=2147483647):number>")
@limiter.limit(FILE)
def document(reference: str, number: int) -> ResponseReturnValue:
    """Give one document of a request to whoever may see the request."""
    session = db.session()
    request = memory.visible(session, access.visitor(), reference)
    found = papers.of_number(session, request, number) if request else None
    if found is None:
        abort(404)
    name, pdf = shelf.name_of(found), shelf.pdf_of(number)
    return headers.download(pdf, "application/pdf", name) if pdf else abort(410)


@bp.post("/requests/<reference>/answer")
@limiter.limit(FILE)
def answer(reference: str) -> ResponseReturnValue:
    """Take the customer's answer to our question."""
    person, form = access.visitor(), AnswerForm()
    request = memory.visible(db.session(), person, reference)
    if request is None:
        abort(404)
    if not form.validate():
        return _request_page(request, form), 400
    actor = Actor(By.CUSTOMER, person.id if person else None)
    stored = request.reference
    try:
        with transaction() as session:
            asked = review.locked(session, stored)
            if asked is None or not review.is_asked(asked):
                abort(409)
            review.answer(session, asked, form.text.data or "", actor=actor, at=clock.now())
    except MoveRefused:
        abort(409)
    return redirect(url_for(".show", reference=stored), 303)


@bp.get("/verify/<token>")
def verify(token: str) -> ResponseReturnValue:
    """Ask the business, at its address on record, whether this request is its own."""
    stored = proof.read(token, _secret(), clock.now()) or ""
    request = search.by_reference(db.session(), stored)
    if request is None:
        return _no_proof()
    return render_template(
        "help_center/verify.html",
        request_=request,
        form=VerifyForm(),
        waits=standing.waits_for_word(request),
        today=clock.now().astimezone(standing.zone(request)).date(),
        token=token,
    )


@bp.post("/verify/<token>")
@limiter.limit(FILE)
def give_word(token: str) -> ResponseReturnValue:
    """Take the word of the business that this request is its own."""
    stored = proof.read(token, _secret(), clock.now()) or ""
    with transaction() as session:
        request = review.locked(session, stored)
        if request is not None:
            review.verify(session, request, at=clock.now())
    return redirect(url_for(".verify", token=token), 303) if request else _no_proof()


def _no_proof() -> ResponseReturnValue:
    return render_template("help_center/no_proof.html"), 404


def _secret() -> str:
    return str(current_app.config["SETTINGS"].secret_key)


def _track_page(form: TrackForm) -> str:
    person, session = access.visitor(), db.session()
    company_id = person.company_id if person else None
    own = search.of_company(session, company_id) if company_id else ()
    return render_template(
        "help_center/track.html",
        form=form,
        own=own,
        is_customer=company_id,
        requested_on=standing.requested_on,
    )


def _can_keep(request: Request, at: datetime) -> bool:
    """Tell whether the page offers to withdraw; our own people have pages of their own for it."""
    person = access.visitor()
    is_staff = person is not None and person.role is not Role.CUSTOMER
    return not is_staff and withdrawal.is_possible(request, at)


def _request_page(request: Request, form: AnswerForm) -> str:
    at = clock.now()
    today = at.astimezone(standing.zone(request)).date()
    is_on_hold = standing.is_on_hold(db.session(), request, at)
    return render_template(
        "help_center/show.html",
        is_on_hold=is_on_hold,
        request_=request,
        reference=references.written(request.reference),
        sentence=standing.sentence(request, today),
        reasons=standing.reasons(request),
        endings=tellable(request),
        steps=standing.next_steps(request, at, is_on_hold=is_on_hold),
        happened=standing.happened(request),
        requested_on=standing.requested_on(request),
        documents=papers.of_request(db.session(), request),
        zone=standing.zone(request).key,
        can_keep=_can_keep(request, at),
        asked=review.is_asked(request),
        question=standing.last_said(request, Action.ASK),
        rejection=standing.last_said(request, Action.REJECT),
        form=form,
        today=today,
    )
