"""The pages of this door."""

from flask import render_template
from flask.typing import ResponseReturnValue

from helpdesk.help_center import bp


@bp.get("/")
def start() -> ResponseReturnValue:
    """Show the landing page."""
    return render_template("help_center/start.html")
