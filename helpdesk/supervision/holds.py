"""Legal holds: the list of them, and setting and releasing one."""

from http import HTTPStatus
from zoneinfo import ZoneInfo

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from helpdesk import access, clock, paging
from helpdesk.database import db, transaction
from helpdesk.directory import holds as directory
from helpdesk.directory import people
from helpdesk.queue import holds, references
from helpdesk.queue.events import Actor, By
from helpdesk.supervision import bp, decisions
from helpdesk.supervision.decisions import Conflict
from helpdesk.supervision.hold_panel import HoldForm, last_day, today_of


@bp.get("/holds")
def hold_list() -> ResponseReturnValue:
    """Show one page of the holds that last, or of the past ones, newest first."""
    session, now = db.session(), clock.now()
    is_past = request.args.get("state") == "past"
    place = paging.Place.read(request.args)
    found = directory.page(session, now, place, is_lasting=not is_past)
    lasting, past = directory.counts(session, now)
    staff = [number for one in found.rows for number in (one.set_by_id, one.released_by_id)]
    return render_template(
        "supervision/holds.html",
        found=found,
        is_past=is_past,
        counts={"lasting": lasting, "past": past},
        names=people.names(session, [number for number in staff if number]),
        last_day=last_day,
    )


@bp.post("/requests/<reference>/hold")
def set_hold(reference: str) -> ResponseReturnValue:
    """Put the company of a request on hold."""
    now, found = clock.now(), decisions.found(reference)
    company = found.company or abort(HTTPStatus.NOT_FOUND)
    form, zone, number = HoldForm(today=today_of(company, now)), company.zone, company.id
    stored, actor = found.reference, Actor(By.SUPERVISOR, access.person().id)
    if not form.validate():
        return decisions.page(reference, hold=form), HTTPStatus.BAD_REQUEST
    wish = form.wish(ZoneInfo(zone))
    try:
        with transaction() as session:
            holds.set_hold(session, number, wish, actor=actor, at=now)
    except holds.Changed:
        conflict = _conflict(number, wish, actor)
        return decisions.page(reference, conflict=conflict, hold=form), HTTPStatus.CONFLICT
    return redirect(url_for(".show", reference=references.written(stored)), 303)


@bp.post("/holds/<int(max=2147483647):number>/release")
def release_hold(number: int) -> ResponseReturnValue:
    """Release a hold; one that no longer lasts stays as it is."""
    actor = Actor(By.SUPERVISOR, access.person().id)
    try:
        with transaction() as session:
            holds.release(session, number, actor=actor, at=clock.now())
    except holds.Changed:
        abort(HTTPStatus.NOT_FOUND)
    back = references.read(request.form.get("reference", ""))
    if back is None:
        return redirect(url_for(".hold_list"), 303)
    return redirect(url_for(".show", reference=references.written(back)), 303)


def _conflict(company_id: int, wish: holds.Wish, actor: Actor) -> Conflict:
    """Tell whether this very hold was set before, or somebody else’s."""
    lasting = directory.of_company(db.session(), company_id, clock.now())
    mine = (wish.reason, wish.ends_at, actor.person_id)
    if any((one.reason, one.ends_at, one.set_by_id) == mine for one in lasting):
        done = gettext("This hold had been set already. It was set once, and not a second time.")
        return Conflict(done, is_done=True)
    return Conflict(
        gettext(
            "Another hold of this business was set in the meantime. Yours was not:"
            " set it again if it is still needed."
        )
    )
