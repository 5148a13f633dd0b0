"""Aide > Centre d’aide > Demandez de l’aide personnalisée."""

from flask import Blueprint

bp = Blueprint("help_center", __name__, url_prefix="/help-center")

from helpdesk.help_center import request_views as request_views  # noqa: E402 (they need it)
from helpdesk.help_center import tracking_views as tracking_views  # noqa: E402 (they need it)
from helpdesk.help_center import views as views  # noqa: E402 (they need it)
from helpdesk.help_center import withdrawal_views as withdrawal_views  # noqa: E402 (they need it)
