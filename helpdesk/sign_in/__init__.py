"""Sign-in and sign-out, and the choice of a language."""

from flask import Blueprint

bp = Blueprint("sign_in", __name__)

from helpdesk.sign_in import views as views  # noqa: E402 (the views need the blueprint)
