"""Aide > Centre d’aide > Demandez de l’aide personnalisée."""

from flask import Blueprint

bp = Blueprint("help_center", __name__, url_prefix="/help-center")

from helpdesk.help_center import views as views  # noqa: E402 (the views need the blueprint)
