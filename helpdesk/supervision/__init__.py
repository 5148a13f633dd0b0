"""The supervisors' rooms: the shared queue, the review, the outbox."""

from flask import Blueprint

bp = Blueprint("supervision", __name__, url_prefix="/queue")

from helpdesk.supervision import views as views  # noqa: E402 (the views need the blueprint)
