"""The agents' console: the line, the call, the calls of the day."""

from flask import Blueprint

bp = Blueprint("console", __name__, url_prefix="/console")

from helpdesk.console import views as views  # noqa: E402 (the views need the blueprint)
