"""The supervisors' rooms: the shared queue, the review, the outbox."""

from flask import Blueprint

bp = Blueprint("supervision", __name__, url_prefix="/queue")

from helpdesk.supervision import decisions as decisions  # noqa: E402 (each needs the blueprint)
from helpdesk.supervision import holds as holds  # noqa: E402
from helpdesk.supervision import outbox as outbox  # noqa: E402
from helpdesk.supervision import subscriptions as subscriptions  # noqa: E402
from helpdesk.supervision import views as views  # noqa: E402
from helpdesk.supervision import withdrawal as withdrawal  # noqa: E402
