"""Check a document: whoever holds one learns whether it is genuine and still holds."""

from flask import Blueprint

bp = Blueprint("verification", __name__)

from helpdesk.verification import views as views  # noqa: E402 (the views need the blueprint)
