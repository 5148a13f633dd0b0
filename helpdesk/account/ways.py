"""The ways to cancel that a company's legislation gives it, and which of them it has now."""

from flask import render_template
from flask.typing import ResponseReturnValue

from helpdesk import access
from helpdesk.account import bp
from helpdesk.account.who import company, may_cancel, those_who_may
from helpdesk.database import db


@bp.get("/ways-out")
def ways_out() -> ResponseReturnValue:
    """Show every way to cancel, those of the company's own legislation first."""
    person = access.person()
    return render_template(
        "account/ways_out.html",
        company=company(),
        may_cancel=may_cancel(person),
        colleagues=those_who_may(db.session(), person),
    )
