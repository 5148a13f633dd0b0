"""The pages of this door."""

from flask import render_template
from flask.typing import ResponseReturnValue

from helpdesk.help_center import bp


@bp.get("/")
def start() -> ResponseReturnValue:
    """Show the landing page."""
    return render_template("help_center/start.html")


@bp.get("/request")
def ask() -> ResponseReturnValue:
    """Show the request form."""
    return render_template("help_center/start.html")


@bp.get("/track")
def track() -> ResponseReturnValue:
    """Ask for a reference and an e-mail."""
    return render_template("help_center/start.html")
