"""What a supervisor's browser sends and shows."""

import re
from html import unescape

from helpdesk.queue.models import Request
from tests.conftest import Page
from tests.support import addresses

HIDDEN = re.compile(r'name="(version|seen)"[^>]*value="(\d+)"')


def decided(desk: Page, request: Request, action: str, **typed: object) -> dict[str, object]:
    """Open the page of a request and return what the form of a decision then sends."""
    html = desk.get(addresses.of_request(request)).text
    hidden = {"version": request.version, "seen": 0} | dict(HIDDEN.findall(html))
    return {"action": action, **hidden, **typed}


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.split("<main")[1])).split())
