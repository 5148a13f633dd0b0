"""A supervisor withdraws a request, whole or for some of its subscriptions."""

from http import HTTPStatus

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from helpdesk import access, clock
from helpdesk.database import transaction
from helpdesk.queue import references, review, withdrawal
from helpdesk.queue.events import Actor, By
from helpdesk.rules.vocabulary import Action
from helpdesk.supervision import bp, decisions
from helpdesk.supervision.decisions import Conflict
from helpdesk.supervision.withdrawal_panel import WithdrawForm


@bp.post("/requests/<reference>/withdrawal")
def withdraw(reference: str) -> ResponseReturnValue:
    """Withdraw what is chosen; tell the second of two supervisors what the first did."""
    now, about = clock.now(), decisions.found(reference)
    form = WithdrawForm(withdrawal.kept(about, now, is_own=True))
    if not form.validate():
        return decisions.page(reference, withdrawing=form), HTTPStatus.BAD_REQUEST
    actor, stored = Actor(By.SUPERVISOR, access.person().id), about.reference
    try:
        with transaction() as session:
            locked = review.locked(session, stored) or abort(HTTPStatus.NOT_FOUND)
            withdrawal.withdraw(
                session,
                locked,
                form.chosen,
                actor=actor,
                at=now,
                why=form.note.data or "",
                version=form.seen_version,
            )
    except review.Stale:
        conflict = _stale(reference, form, actor)
        return decisions.page(reference, None, conflict, withdrawing=form), HTTPStatus.CONFLICT
    except withdrawal.TooLate:
        conflict = Conflict(gettext("Access has ended: there is nothing left to withdraw."))
        return decisions.page(reference, None, conflict, withdrawing=form), HTTPStatus.CONFLICT
    return redirect(url_for(".show", reference=references.written(stored)), HTTPStatus.SEE_OTHER)


def _stale(reference: str, form: WithdrawForm, actor: Actor) -> Conflict:
    """Tell whether this very withdrawal was done before, or what else happened since."""
    latest = decisions.found(reference).events[-1]
    mine = (Action.WITHDRAW, form.note.data or "", actor.person_id)
    if (latest.action, latest.why, latest.person_id) == mine:
        done = gettext("You had already withdrawn this. It was done once, and not a second time.")
        return Conflict(done, is_done=True)
    changed = gettext("This request changed in the meantime. Nothing was withdrawn.")
    return Conflict(changed, since=form.last_seen)
