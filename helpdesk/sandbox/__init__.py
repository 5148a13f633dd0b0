"""The sandbox bank’s own pages: only where no money moves, in the demo and the tests."""

from flask import Blueprint

from helpdesk.payments.sandbox import PAGES

bp = Blueprint("sandbox", __name__, url_prefix=PAGES)

from helpdesk.sandbox import views as views  # noqa: E402 (the views need the blueprint)
