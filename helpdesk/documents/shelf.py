"""Where documents are kept: the PDF of each is made when somebody first needs it, then stays.

It is made with no transaction open, since that takes a while. Two who need it at once make the same
one, and the first is kept: every mail and every download has the same bytes.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.documents import codes
from helpdesk.documents.facts import DocumentFacts
from helpdesk.documents.models import Document
from helpdesk.rules.vocabulary import DocumentKind, Language

_NAMES: Mapping[Language, Mapping[DocumentKind, str]] = {
    Language.FRENCH: {
        DocumentKind.CONFIRMATION: "resiliation",
        DocumentKind.WITHDRAWAL: "annulation",
        DocumentKind.END: "fin",
        DocumentKind.DELETION: "suppression",
    },
    Language.SPANISH: {
        DocumentKind.CONFIRMATION: "cancelacion",
        DocumentKind.WITHDRAWAL: "anulacion",
        DocumentKind.END: "fin",
        DocumentKind.DELETION: "eliminacion",
    },
    Language.ENGLISH: {
        DocumentKind.CONFIRMATION: "cancellation",
        DocumentKind.WITHDRAWAL: "withdrawal",
        DocumentKind.END: "end",
        DocumentKind.DELETION: "deletion",
    },
}


class NotMade(ValueError):
    """The PDF of a document cannot be made."""


def pdf_of(number: int) -> bytes | None:
    """Return the PDF of a document; None once the data that it told was deleted.

    Needs an app context, and no transaction of the caller’s. Raises NotMade when it cannot be made.
    """
    with transaction(keep=False) as session:
        document = session.get_one(Document, number)
        pdf, facts = document.pdf, document.facts
    if pdf is not None or facts is None:
        return pdf
    from helpdesk.documents import render  # noqa: PLC0415 (the typesetter: most never need it)

    settings = current_app.config["SETTINGS"]
    try:
        told = replace(
            DocumentFacts.from_json(facts),
            service=settings.service_name,
            verify_url=f"{settings.public_url}/verify",
        )
        made = render.pdf(told)
    except ValueError as error:
        raise NotMade(f"Document {number} cannot be made: {error}") from error
    return _keep(number, made)


def _keep(number: int, made: bytes) -> bytes | None:
    """Keep what was made, unless somebody was faster or the data has gone meanwhile."""
    with transaction() as session:
        document = session.get_one(Document, number, with_for_update={"key_share": True})
        if document.pdf is None and document.facts is not None:
            document.pdf, document.sha256 = made, hashlib.sha256(made).hexdigest()
        return document.pdf


def name_of(document: Document) -> str:
    """Return the name of the file, in the document’s language and with its reference."""
    kind = _NAMES[document.language][document.kind]
    reference = (document.facts or {}).get("reference", codes.written(document.code))
    return f"{kind}-{reference}.pdf"


def by_code(session: Session, code: str) -> Document | None:
    """Return the document with this check code, as it is stored."""
    return session.scalar(select(Document).where(Document.code == code))
