"""The table of documents: what each one says, frozen when its cause happened."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from helpdesk.database import Model, UtcDateTime, Word, partial_index
from helpdesk.rules.vocabulary import DocumentKind, Language


class Document(Model):
    """One document, known by the check code printed on it; made into a PDF when first needed."""

    __tablename__ = "documents"
    __table_args__ = (
        partial_index("ix_documents_ending_id", "ending_id", where="ending_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(13), unique=True)
    kind: Mapped[DocumentKind] = mapped_column(Word(DocumentKind))
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), index=True)
    ending_id: Mapped[int | None] = mapped_column(ForeignKey("endings.id"))
    language: Mapped[Language] = mapped_column(Word(Language))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # What it says; empty once the data of its company has been deleted.
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    pdf: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    # The SHA-256 of the PDF: it stays as proof of which one was sent.
    sha256: Mapped[str | None] = mapped_column(String(64))
