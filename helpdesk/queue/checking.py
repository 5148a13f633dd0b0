"""Say of a document that somebody holds whether it is ours, what it should say, and if it holds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.documents import codes, shelf
from helpdesk.documents.facts import DocumentFacts
from helpdesk.documents.models import Document
from helpdesk.queue.models import Ending, Request
from helpdesk.queue.references import read
from helpdesk.rules.currency import currency
from helpdesk.rules.vocabulary import Currency, DocumentKind


@dataclass(frozen=True, slots=True)
class Checked:
    """A genuine document: what it should say is None once that was deleted."""

    kind: DocumentKind
    issued_at: datetime
    zone: str
    currency: Currency
    facts: DocumentFacts | None


def check(session: Session, reference: str, code: str) -> Checked | None:
    """Return the document with this reference and this check code; None for any other pair."""
    stored, signs = read(reference), codes.read(code)
    document = shelf.by_code(session, signs) if signs else None
    request = session.get(Request, document.request_id) if document else None
    if document is None or request is None or request.reference != stored:
        return None
    facts = DocumentFacts.from_json(document.facts) if document.facts else None
    told = _told(request, document, facts)
    return Checked(
        kind=document.kind,
        issued_at=document.issued_at,
        zone=request.endings[0].zone,
        currency=currency(
            document.kind,
            [one.state for one in told],
            is_followed=_is_followed(session, document, told),
            is_erased=facts is None,
        ),
        facts=facts,
    )


def _told(request: Request, document: Document, facts: DocumentFacts | None) -> list[Ending]:
    """Return the ends that a document tells of."""
    if document.ending_id is not None:
        return [one for one in request.endings if one.id == document.ending_id]
    contracts = {one.contract for one in facts.endings} if facts else set()
    return [one for one in request.endings if one.contract in contracts]


def _is_followed(session: Session, document: Document, told: list[Ending]) -> bool:
    """Tell whether a later document speaks of one of the same subscriptions."""
    subscriptions = [one.subscription_id for one in told if one.subscription_id]
    later = (
        select(Document.id)
        .join(Ending, Ending.request_id == Document.request_id)
        .where(
            Document.id > document.id,
            Ending.subscription_id.in_(subscriptions),
            Document.ending_id.is_(None) | (Document.ending_id == Ending.id),
        )
    )
    return session.scalar(later.limit(1)) is not None
