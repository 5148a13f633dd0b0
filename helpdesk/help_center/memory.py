"""Which requests this browser has filed or shown that it may see, kept in its signed session."""

from flask import session as browser
from sqlalchemy.orm import Session

from helpdesk.directory.models import Person
from helpdesk.queue import references, search
from helpdesk.queue.models import Request

KEPT = 20


def remembered() -> list[str]:
    """Return the stored references of this browser's requests, newest last."""
    return [str(one) for one in browser.get("references", [])]


def remember(reference: str) -> None:
    """Keep a request's stored reference in this browser's session."""
    others = [one for one in remembered() if one != reference]
    browser["references"] = [*others, reference][-KEPT:]
    browser.permanent = True


def visible(session: Session, person: Person | None, reference: str) -> Request | None:
    """Return a request that this browser or this person may see; any other does not exist."""
    stored = references.read(reference)
    if stored in remembered():
        return search.by_reference(session, stored or "")
    return search.visible_to(session, person, reference) if person else None
