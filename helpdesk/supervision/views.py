"""The pages of this door."""

from flask import render_template
from flask.typing import ResponseReturnValue

from helpdesk.supervision import bp


@bp.get("/")
def overview() -> ResponseReturnValue:
    """Show the landing page."""
    return render_template("supervision/overview.html")
