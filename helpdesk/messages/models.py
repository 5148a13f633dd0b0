"""The tables of the outbox.

A message is a row written in the same transaction as the change of state that causes it, so the
two cannot disagree; the sent mark comes only after the mail server has accepted it.
"""

from datetime import datetime

from flask_babel import gettext
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.database import Model, UtcDateTime, Word, partial_index
from helpdesk.documents.models import Document
from helpdesk.rules.vocabulary import Language, MessageKind, MessageState


class Message(Model):
    """One message to one address, composed when its cause happened."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_due", "state", "due_at"),
        Index("ix_messages_newest", "created_at", "id"),
        Index("ix_messages_kind", "kind", "created_at", "id"),
        partial_index("ix_messages_failed", "created_at", "id", where="state = 'failed'"),
        partial_index("ix_messages_company_id", "company_id", where="company_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # What makes it the only one of its kind: a repeated cause changes nothing.
    key: Mapped[str] = mapped_column(String(120), unique=True)
    # What it is about: a request, one of its endings, or a company alone.
    request_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"), index=True)
    ending_id: Mapped[int | None] = mapped_column(ForeignKey("endings.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"))
    kind: Mapped[MessageKind] = mapped_column(Word(MessageKind))
    language: Mapped[Language] = mapped_column(Word(Language))
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    # What goes with it: the dates for a calendar (RFC 5545), a document as PDF.
    calendar: Mapped[str | None] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[MessageState] = mapped_column(Word(MessageState))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When its address and words were erased with their company (rules §5).
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The SHA-256 of its words, kept as proof once they are erased.
    sha256: Mapped[str | None] = mapped_column(String(64))

    attempts: Mapped[list["Attempt"]] = relationship(order_by="Attempt.id")
    document: Mapped[Document | None] = relationship()


class Attempt(Model):
    """One try to hand a message to the mail server, and what the server answered."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Empty when the server accepted it.
    error: Mapped[str] = mapped_column(Text)

    @property
    def told(self) -> str:
        """What the server answered, or what went wrong in the page’s language; empty if sent."""
        return gettext(self.error) if self.error else ""
