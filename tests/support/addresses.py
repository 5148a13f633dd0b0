"""Where a request stands among the supervisors' pages."""

from helpdesk.queue import references
from helpdesk.queue.models import Request


def of_request(request: Request, rest: str = "") -> str:
    """Return the address of a request's page, or of one below it."""
    return f"/queue/requests/{references.written(request.reference)}{rest}"
