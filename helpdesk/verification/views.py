"""One page that asks, and one answer: the code is never part of an address."""

from http import HTTPStatus

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from helpdesk.database import db
from helpdesk.limits import TRACK, limiter
from helpdesk.queue import checking
from helpdesk.verification import bp, words
from helpdesk.verification.forms import CheckForm


@bp.get("/verify")
def ask() -> ResponseReturnValue:
    """Ask for the reference and the check code of a document."""
    return render_template("verification/ask.html", form=CheckForm())


@bp.post("/verify")
@limiter.limit(TRACK)
def answer() -> ResponseReturnValue:
    """Say what the document should say, and if it holds; a wrong pair says the same for all."""
    form = CheckForm()
    if form.validate():
        found = checking.check(db.session(), form.reference.data or "", form.code.data or "")
        if found is not None:
            return render_template(
                "verification/answer.html",
                currency=found.currency,
                meaning=words.MEANINGS[found.currency],
                rows=words.rows(found),
            )
        form.refuse(
            form.code,
            gettext(
                "No document of ours has this reference and this check code."
                " Check both on the document, sign by sign."
            ),
        )
    return render_template("verification/ask.html", form=form), HTTPStatus.BAD_REQUEST
