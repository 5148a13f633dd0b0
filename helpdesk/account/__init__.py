"""Gestion du compte d’entreprise: a company's own people see and end its subscriptions."""

from flask import Blueprint

bp = Blueprint("account", __name__, url_prefix="/account")

from helpdesk.account import applications as applications  # noqa: E402 (they need it)
from helpdesk.account import asks as asks  # noqa: E402 (they need it)
from helpdesk.account import cancellation as cancellation  # noqa: E402 (they need it)
from helpdesk.account import exports as exports  # noqa: E402 (they need it)
from helpdesk.account import holds as holds  # noqa: E402 (they need it)
from helpdesk.account import restart as restart  # noqa: E402 (they need it)
from helpdesk.account import views as views  # noqa: E402 (they need it)
from helpdesk.account import ways as ways  # noqa: E402 (they need it)
from helpdesk.account import withdrawal as withdrawal  # noqa: E402 (they need it)
