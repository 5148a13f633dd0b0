"""The tables of what comes of a request besides its own life: exports, events that go out."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import Model, UtcDateTime, Word
from helpdesk.rules.vocabulary import ExportState, OutgoingKind


class Export(Model):
    """All that this system holds on a company, as one ZIP made in the background."""

    __tablename__ = "exports"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    state: Mapped[ExportState] = mapped_column(Word(ExportState), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Whoever makes it has it until then; later anybody may begin it again.
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))


class ExportPiece(Model):
    """A piece of the content of an export; its pieces go with it."""

    __tablename__ = "export_pieces"

    export_id: Mapped[int] = mapped_column(
        ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class OutgoingEvent(Model):
    """What the service and its other systems must learn of; written with its cause."""

    __tablename__ = "outgoing_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[OutgoingKind] = mapped_column(Word(OutgoingKind))
    reference: Mapped[str] = mapped_column(String(9), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
