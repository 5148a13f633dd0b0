"""The tables of the phone line."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.database import Model, UtcDateTime, Word
from helpdesk.directory.models import Company, Person
from helpdesk.rules.vocabulary import Disposition, Language


class Desk(Model):
    """A phone line with its zone and its number."""

    __tablename__ = "desks"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20))
    zone: Mapped[str] = mapped_column(String(40))

    versions: Mapped[list["HoursVersion"]] = relationship(order_by="HoursVersion.valid_from")
    closures: Mapped[list["DeskClosure"]] = relationship(order_by="DeskClosure.closed_on")


class HoursVersion(Model):
    """The seasons of a desk from a day on; a change is a new version, never an edit."""

    __tablename__ = "hours_versions"
    __table_args__ = (Index("uq_hours_versions_desk_from", "desk_id", "valid_from", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id"))
    valid_from: Mapped[date]
    seasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class DeskClosure(Model):
    """A day that a supervisor adds to the public holidays, or takes from them."""

    __tablename__ = "closures"
    __table_args__ = (Index("uq_closures_desk_day", "desk_id", "closed_on", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id"))
    closed_on: Mapped[date]
    name: Mapped[str] = mapped_column(String(80))
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    # True: the line works on this public holiday after all.
    is_removed: Mapped[bool] = mapped_column(default=False)


class Call(Model):
    """One phone call, whatever came of it."""

    __tablename__ = "calls"
    __table_args__ = (Index("ix_calls_agent_started", "agent_id", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # Made by the agent's screen when the call begins: the same call is logged once.
    key: Mapped[str] = mapped_column(String(36), unique=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id"))
    hours_version_id: Mapped[int] = mapped_column(ForeignKey("hours_versions.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"), index=True)
    caller_number: Mapped[str | None] = mapped_column(String(20), index=True)
    caller_name: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[int]
    out_of_hours: Mapped[bool]
    disposition: Mapped[Disposition] = mapped_column(Word(Disposition))
    notes: Mapped[str] = mapped_column(Text)

    agent: Mapped[Person] = relationship()
    company: Mapped[Company | None] = relationship()


class CallDraft(Model):
    """A half-written call: survives a closed tab, a lost connection, a restart."""

    __tablename__ = "call_drafts"

    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Kept free for the request that the call may make, so that it can be read out on the phone.
    reference: Mapped[str | None] = mapped_column(String(9), unique=True)
    # What stands in each field, as it was typed.
    fields: Mapped[dict[str, list[str]]] = mapped_column(JSON)


class Callback(Model):
    """A customer’s wish to be called back, at the next opening of the line."""

    __tablename__ = "callbacks"
    __table_args__ = (Index("ix_callbacks_due", "desk_id", "done_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    phone: Mapped[str] = mapped_column(String(20))
    language: Mapped[Language] = mapped_column(Word(Language))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    company: Mapped[Company] = relationship()
