"""The page of one request, and the decision of a supervisor on it."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from helpdesk import access, clock
from helpdesk.database import db, transaction
from helpdesk.queue import references, review, search
from helpdesk.queue.events import Actor, By
from helpdesk.queue.figures import today_at
from helpdesk.queue.listing import Request
from helpdesk.queue.transitions import AlreadyEnding
from helpdesk.rules.lifecycle import MoveRefused
from helpdesk.rules.vocabulary import Action
from helpdesk.supervision import bp, withdrawal_panel, words
from helpdesk.supervision.dossier import dossier, message_of
from helpdesk.supervision.forms import LONGEST_TEXT, DecisionForm
from helpdesk.supervision.hold_panel import HoldForm, last_day, panel
from helpdesk.supervision.withdrawal_panel import WithdrawForm


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a decision was not carried out: what others did since, or that it was done already."""

    problem: str
    since: int | None = None
    is_done: bool = False


@bp.get("/requests/<reference>")
def show(reference: str) -> ResponseReturnValue:
    """Show all about one request."""
    return page(reference), HTTPStatus.OK


@bp.post("/requests/<reference>/decision")
def decide(reference: str) -> ResponseReturnValue:
    """Confirm, reject, ask or link; tell the second of two supervisors what the first did."""
    form, about = DecisionForm(), found(reference)
    action = form.chosen
    if action is None:
        abort(400)
    if not form.validate():
        return page(reference, form), HTTPStatus.BAD_REQUEST
    actor, stored = Actor(By.SUPERVISOR, access.person().id), about.reference
    try:
        with transaction() as session:
            locked = review.locked(session, stored) or abort(404)
            review.decide(session, locked, form.decision(action), actor=actor, at=clock.now())
    except review.Stale:
        return page(reference, form, _stale(reference, form, actor)), HTTPStatus.CONFLICT
    except review.NotLinkable:
        form.refuse(form.linked_reference, _not_linkable())
        return page(reference, form), HTTPStatus.CONFLICT
    except (MoveRefused, AlreadyEnding) as refused:
        return page(reference, form, Conflict(_refusal(refused))), HTTPStatus.CONFLICT
    return redirect(url_for(".show", reference=references.written(stored)), 303)


@bp.get("/requests/<reference>/decision/preview")
def preview(reference: str) -> ResponseReturnValue:
    """Show the message of a decision with the words typed so far."""
    form = DecisionForm(formdata=request.args)
    about, action = found(reference), form.chosen
    if action is None or (action is Action.CONFIRM and not about.endings):
        abort(400)
    text = (form.text.data or "")[:LONGEST_TEXT]
    words_now = message_of(about, action, text, clock.now())
    return render_template("supervision/_message.html", preview=words_now)


def found(reference: str) -> Request:
    """Return a request, or answer that there is none."""
    return search.visible_to(db.session(), access.person(), reference) or abort(404)


def page(
    reference: str,
    typed: DecisionForm | None = None,
    conflict: Conflict | None = None,
    hold: HoldForm | None = None,
    withdrawing: WithdrawForm | None = None,
) -> str:
    """Return the page of a request; the given forms were sent and not carried out."""
    now, about = clock.now(), found(reference)
    return render_template(
        "supervision/request.html",
        dossier=dossier(db.session(), about, now, typed),
        holding=panel(db.session(), about.company, now, hold),
        hold=hold,
        withdrawal=withdrawal_panel.panel(about, now, withdrawing),
        withdrawing=withdrawing,
        last_day=last_day,
        typed=typed,
        conflict=conflict,
        words=words,
        today=today_at(now),
    )


def _stale(reference: str, form: DecisionForm, actor: Actor) -> Conflict:
    """Tell whether this very decision was taken before, or what else happened since."""
    latest = found(reference).events[-1]
    mine = (form.chosen, form.decision(latest.action).text, actor.person_id)
    if (latest.action, latest.why, latest.person_id) == mine:
        done = gettext("You had already decided this. It was done once, and not a second time.")
        return Conflict(done, is_done=True)
    changed = gettext(
        "This request changed while you were deciding. Your decision was not carried out."
    )
    return Conflict(changed, since=form.last_seen)


def _not_linkable() -> str:
    return gettext(
        "Only another request of the same business that still ends this subscription,"
        " and no later than this one, can stand for it."
    )


def _refusal(refused: MoveRefused | AlreadyEnding) -> str:
    if isinstance(refused, AlreadyEnding):
        return gettext(
            "Request %(reference)s already ends this subscription."
            " Link this one to it, or reject it.",
            reference=references.written(refused.reference),
        )
    return gettext(
        "This cannot be done now: either there is no subscription to end yet, or the request"
        " is no longer in review."
    )
