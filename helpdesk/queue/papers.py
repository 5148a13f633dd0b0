"""From the rows of a request to the document that goes with what happened to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.documents import codes
from helpdesk.documents.facts import DocumentEnding, DocumentFacts
from helpdesk.documents.models import Document
from helpdesk.queue import references
from helpdesk.queue.models import Ending, Request
from helpdesk.queue.telling import is_trusted, tellable
from helpdesk.rules import explanation, lifecycle
from helpdesk.rules.vocabulary import Action, DocumentKind

Row = dict[str, Any]
"""A document, as it stands in its table."""


def issued(
    request: Request,
    action: Action,
    moved: Sequence[Ending],
    at: datetime,
    *,
    alone: Ending | None = None,
) -> Row | None:
    """Return the document of an action; None for one without, or about no subscription.

    What it says is frozen here, in the transaction of its cause; the PDF is made when it is first
    needed. Its code is not looked up: sixty random bits are free, and where they were not, its
    whole transaction would be refused and tried again.
    """
    kind = lifecycle.DOCUMENT_OF.get(action)
    told = [one for one in moved if one in tellable(request)] if kind else []
    if kind is None or not told:
        return None
    code = codes.new()
    return {
        "code": code,
        "kind": kind,
        "request_id": request.id,
        "ending_id": alone.id if alone else None,
        "language": request.language,
        "issued_at": at,
        "facts": _facts(request, kind, told, at, code).as_json(),
    }


def of_request(session: Session, request: Request) -> Sequence[Document]:
    """Return the documents of a request that can still be read, the newest first."""
    if not is_trusted(request):
        return ()
    query = select(Document).where(Document.request_id == request.id, Document.facts.is_not(None))
    return session.scalars(query.order_by(Document.id.desc())).all()


def of_number(session: Session, request: Request, number: int) -> Document | None:
    """Return one document of a request, also one whose data was deleted since."""
    query = select(Document).where(Document.request_id == request.id, Document.id == number)
    return session.scalar(query) if is_trusted(request) else None


def _facts(
    request: Request, kind: DocumentKind, endings: Sequence[Ending], at: datetime, code: str
) -> DocumentFacts:
    deletion = endings[0].deletion if kind is DocumentKind.DELETION else None
    named = {
        "company_name": request.company_name,
        "tax_number": request.tax_number,
        "requester_name": request.requester_name,
    }
    proof = {
        "counts": deletion.counts if deletion else {},
        "certificate": request.seal,
    }
    return DocumentFacts(
        kind=kind,
        language=request.language,
        country=request.country,
        code=code,
        reference=references.written(request.reference),
        service="",
        verify_url="",
        zone=endings[0].zone,
        issued_at=at,
        requested_at=request.filed_at,
        happened_at=at,
        channel=request.channel,
        endings=tuple(_ending(one, kind) for one in endings),
        **(proof if kind is DocumentKind.DELETION else named),
    )


def _ending(ending: Ending, kind: DocumentKind) -> DocumentEnding:
    """Return one end; a certificate of deletion leaves out the contract, which goes as well."""
    return DocumentEnding(
        product=ending.product,
        contract="" if kind is DocumentKind.DELETION else ending.contract,
        price_cents=ending.price_cents,
        term_months=ending.term_months,
        requested_on=ending.requested_on,
        notice_ends_on=ending.notice_ends_on,
        effective_on=ending.effective_on,
        last_access_on=ending.last_access_on,
        deleted_on=ending.deleted_on,
        steps=explanation.checked(ending.steps),
    )
