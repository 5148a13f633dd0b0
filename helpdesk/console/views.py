"""The line, the call, and what came of it."""

from collections.abc import Sequence
from http import HTTPStatus
from zoneinfo import ZoneInfo

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from helpdesk import access, clock
from helpdesk.console import bp, script
from helpdesk.console import sheet as sheets
from helpdesk.console.forms import CallForm, typed_in
from helpdesk.console.log_call import log_call
from helpdesk.console.script import Speaker
from helpdesk.console.sheet import DESK
from helpdesk.console.spelling import spelled
from helpdesk.database import db, transaction
from helpdesk.desk import callbacks, calls, hours
from helpdesk.desk.models import Call, CallDraft
from helpdesk.queue import phone, references, withdrawal
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.rules.instants import local
from helpdesk.rules.vocabulary import Disposition


@bp.get("/")
def line() -> ResponseReturnValue:
    """Show the line, the agent's calls of today and those not finished."""
    agent, session, now = access.person(), db.session(), clock.now()
    called = calls.today(session, DESK, agent.id, now)
    return render_template(
        "console/line.html",
        status=hours.line_status(session, DESK, now),
        desk=hours.desk(session, DESK),
        calls=called,
        requests=phone.of_calls(session, [call.id for call in called]),
        unfinished=sheets.named(session, calls.unfinished(session, agent.id)),
        callbacks=callbacks.waiting(session, DESK),
        at=now,
    )


@bp.get("/line-status")
def line_status() -> ResponseReturnValue:
    """Give the banner alone, for the page that shows it to stay true."""
    status = hours.line_status(db.session(), DESK, clock.now())
    return render_template("console/line_status.html", status=status)


@bp.post("/calls")
def new_call() -> ResponseReturnValue:
    """Begin a call, its clock and its draft."""
    agent_id = access.person().id
    with transaction() as session:
        key = calls.begin(session, agent_id, references.new(), clock.now()).key
    return redirect(url_for(".call", key=key), 303)


@bp.post("/callbacks/<int(max=2147483647):number>/call")
def call_back(number: int) -> ResponseReturnValue:
    """Begin the call that somebody waits for, and take it off the list: once."""
    agent_id, now = access.person().id, clock.now()
    try:
        with transaction() as session:
            wanted = callbacks.take(session, number, agent_id, now)
            if wanted is None:
                abort(HTTPStatus.NOT_FOUND)
            draft = calls.begin(session, agent_id, references.new(), now)
            known = {
                "callback": ["yes"],
                "number": [wanted.phone],
                "company": [str(wanted.company_id)],
            }
            calls.save(draft, known, now)
            key = draft.key
    except callbacks.AlreadyDone:
        abort(HTTPStatus.CONFLICT)
    return redirect(url_for(".call", key=key), 303)


@bp.get("/calls/<key>")
def call(key: str) -> ResponseReturnValue:
    """Show the call as it stands; one that has been filed shows what came of it."""
    session, agent_id = db.session(), access.person().id
    draft = calls.draft_of(session, agent_id, key)
    if draft is None:
        return _filed_or_missing(session, agent_id, key)
    return render_template("console/call.html", **_page(session, draft))


@bp.put("/calls/<key>/draft")
def save_draft(key: str) -> ResponseReturnValue:
    """Keep what has been typed so far, and give what follows from it."""
    session, agent_id = db.session(), access.person().id
    if (draft := _saved(key, agent_id)) is None:
        return _filed_or_missing(session, agent_id, key)
    return render_template("console/live.html", **_page(session, draft))


@bp.post("/calls/<key>/draft")
def leave_draft(key: str) -> ResponseReturnValue:
    """Keep what has been typed so far, and go back to the line, or on with what follows from it."""
    agent_id = access.person().id
    if _saved(key, agent_id) is None:
        return _filed_or_missing(db.session(), agent_id, key)
    page = url_for(".line") if "leave" in request.form else url_for(".call", key=key)
    return redirect(page, 303)


@bp.post("/calls/<key>")
def file_call(key: str) -> ResponseReturnValue:
    """Log the call and file the request that it makes; the same call a second time changes nothing.

    What is wrong is said on the page, and nothing typed is lost.
    """
    agent_id, now = access.person().id, clock.now()
    try:
        with transaction() as session:
            draft = calls.draft_of(session, agent_id, key, lock=True)
            if draft is None:
                return _filed_or_missing(session, agent_id, key)
            calls.save(draft, typed_in(request.form), now)
            known = sheets.read(session, draft)
            form, secret = CallForm.of(known, now), current_app.config["SETTINGS"].secret_key
            if form.validate():
                log_call(session, draft, known, form, now, secret)
    except withdrawal.TooLate:
        return _too_late(key, agent_id)
    if not form.errors:
        return redirect(url_for(".filed", key=key), 303)
    return render_template("console/call.html", **_page(session, draft, form)), 400


def _too_late(key: str, agent_id: int) -> ResponseReturnValue:
    """Show the call again, with all that was typed: access ended before it was filed."""
    draft = _saved(key, agent_id)
    if draft is None:
        return _filed_or_missing(db.session(), agent_id, key)
    form = CallForm.of(sheets.read(db.session(), draft), clock.now())
    form.refuse(
        form.endings, gettext("Access has ended in the meantime: it cannot be withdrawn any more.")
    )
    page = render_template("console/call.html", **_page(db.session(), draft, form))
    return page, HTTPStatus.CONFLICT


@bp.get("/calls/<key>/filed")
def filed(key: str) -> ResponseReturnValue:
    """Show what came of a call until the next one begins."""
    session, now = db.session(), clock.now()
    found = calls.filed(session, access.person().id, key)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    made = phone.of_calls(session, [found.id]).get(found.id)
    return render_template(
        "console/filed.html",
        call=found,
        made=made,
        spelled=spelled(made.reference, made.language) if made else "",
        withdrawn=withdrawal.in_call(session, found.id),
        asked=_asked(session, found),
        undo_seconds=phone.held_for(made, now) if made else 0,
        status=hours.line_status(session, DESK, now),
    )


@bp.post("/calls/<key>/withdrawal")
def undo(key: str) -> ResponseReturnValue:
    """Undo the request of a call just filed, while nothing has gone out."""
    agent_id, now = access.person().id, clock.now()
    with transaction() as session:
        found = calls.filed(session, agent_id, key)
        made = phone.of_calls(session, [found.id]).get(found.id) if found else None
        if made is None:
            abort(HTTPStatus.NOT_FOUND)
        try:
            actor = Actor(By.AGENT, agent_id, found.id if found else None)
            phone.undo(session, made, actor=actor, at=now)
        except phone.NotHeld:
            abort(HTTPStatus.CONFLICT)
    return redirect(url_for(".filed", key=key), 303)


def _asked(session: Session, found: Call) -> Sequence[Request]:
    """Return the requests about which a call that could not withdraw them had the company asked."""
    if found.disposition is not Disposition.WITHDRAWAL or found.company_id is None:
        return ()
    return withdrawal.asked_of(session, found.company_id, clock.now())


def _saved(key: str, agent_id: int) -> CallDraft | None:
    """Keep what has been typed in the agent's draft of this key; None when there is none."""
    with transaction() as session:
        draft = calls.draft_of(session, agent_id, key, lock=True)
        if draft is not None:
            calls.save(draft, typed_in(request.form), clock.now())
    return draft


def _filed_or_missing(session: Session, agent_id: int, key: str) -> ResponseReturnValue:
    if calls.filed(session, agent_id, key) is None:
        abort(HTTPStatus.NOT_FOUND)
    return redirect(url_for(".filed", key=key), 303)


def _page(session: Session, draft: CallDraft, form: CallForm | None = None) -> dict[str, object]:
    """Return what the page of a call shows: the sheet, the form, the line, the script."""
    known, now = sheets.read(session, draft), clock.now()
    speaker = Speaker(access.person().name, current_app.config["SETTINGS"].service_name)
    form = form or CallForm.of(known, now)
    return {
        "sheet": known,
        "form": form,
        "seconds": form.elapsed_seconds,
        "status": hours.line_status(session, DESK, now),
        "lines": script.lines(known, known.typed.get("disposition"), speaker),
        "today": local(known.started_at, ZoneInfo(known.zone)).date(),
    }
