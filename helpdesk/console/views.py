"""The pages of this door."""

from flask import render_template
from flask.typing import ResponseReturnValue

from helpdesk.console import bp


@bp.get("/")
def line() -> ResponseReturnValue:
    """Show the landing page."""
    return render_template("console/line.html")
