"""The tables of the outbox.

A message is a row written in the same transaction as the change of state that causes it, so the
two cannot disagree; the sent mark comes only after the mail server has accepted it.
"""

from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.database import Model, UtcDateTime, Word, partial_index
from helpdesk.documents.models import Document
from helpdesk.messages import calendar, compose
from helpdesk.messages.letter import Letter
from helpdesk.rules.vocabulary import Language, MessageKind, MessageState


class Message(Model):
    """One message to one address: what it says was frozen when its cause happened.

    It is put into words when somebody first needs them (decision 9). They are kept from the first
    try to send it on, so that every try sends the same; `keep_words` does that.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_due", "state", "due_at"),
        Index("ix_messages_newest", "created_at", "id"),
        Index("ix_messages_kind", "kind", "created_at", "id"),
        partial_index("ix_messages_failed", "created_at", "id", where="state = 'failed'"),
        partial_index("ix_messages_ending_id", "ending_id", where="ending_id IS NOT NULL"),
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
    # What it says; empty for what was put into words at once, and when its data was deleted.
    letter: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # Its words, all of them or none, with the dates for a calendar (RFC 5545) if there are any.
    kept_subject: Mapped[str | None] = mapped_column("subject", Text)
    kept_text: Mapped[str | None] = mapped_column("text", Text)
    kept_html: Mapped[str | None] = mapped_column("html", Text)
    kept_calendar: Mapped[str | None] = mapped_column("calendar", Text)
    # What goes with it as PDF.
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

    @property
    def held_until(self) -> datetime:
        """Until when it must not go out; `due_at` moves on with each try."""
        return self._said.due_at if self.letter else self.created_at

    @property
    def subject(self) -> str:
        """Its subject."""
        if self.kept_subject is not None:
            return self.kept_subject
        return compose.subject(self._said)

    @property
    def text(self) -> str:
        """Its words as text."""
        return self.kept_text if self.kept_text is not None else compose.text(self._said)

    @property
    def html(self) -> str:
        """Its words as HTML."""
        return self.kept_html if self.kept_html is not None else compose.html(self._said)

    @property
    def calendar(self) -> str | None:
        """Its dates for a calendar, if it has any."""
        if self.kept_subject is not None:
            return self.kept_calendar
        return calendar.dates(self._said)

    def keep_words(self) -> None:
        """Keep its words as they are now, for good."""
        if self.kept_subject is None:
            self.kept_calendar = self.calendar
            words = compose.compose(self._said)
            self.kept_subject, self.kept_text = words.subject, words.text
            self.kept_html = words.html

    @property
    def _said(self) -> Letter:
        return Letter.from_json(self.letter or {})


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
