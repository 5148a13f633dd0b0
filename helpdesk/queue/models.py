"""The tables of the shared queue. Only this package touches them (import contract)."""

from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.database import CountryCode, Model, UtcDateTime, Word, partial_index
from helpdesk.desk.models import Call
from helpdesk.directory.models import Company, Subscription
from helpdesk.messages.models import Message
from helpdesk.rules import explanation
from helpdesk.rules.explanation import Step
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    Channel,
    Country,
    Kind,
    Language,
    Reason,
    ReviewReason,
    State,
)


class Request(Model):
    """What somebody asked, by any channel; what all kinds of request share (design 9)."""

    __tablename__ = "requests"
    __table_args__ = (
        Index("ix_requests_newest", "filed_at", "id"),
        Index("ix_requests_state", "state", "filed_at", "id"),
        Index("ix_requests_channel", "channel", "filed_at", "id"),
        Index("ix_requests_country", "country", "channel", "filed_at", "id"),
        partial_index("ix_requests_failed", "filed_at", "id", where="failure IS NOT NULL"),
        partial_index("ix_requests_due", "due_at", "id", "filed_at", where="due_at IS NOT NULL"),
        partial_index("ix_requests_company_id", "company_id", where="company_id IS NOT NULL"),
        partial_index("ix_requests_person_id", "person_id", where="person_id IS NOT NULL"),
        partial_index("ix_requests_linked_to_id", "linked_to_id", where="linked_to_id IS NOT NULL"),
        partial_index("ix_requests_tax_number", "tax_number", where="company_id IS NULL"),
        partial_index("ix_requests_email", "email", where="company_id IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    reference: Mapped[str] = mapped_column(String(9), unique=True)
    # Made by the form or the call before filing: the same filing is accepted once.
    filing_key: Mapped[str] = mapped_column(String(36), unique=True)
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    state: Mapped[State] = mapped_column(Word(State))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The instant when processing must look at it; empty when nothing is due any more.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The hash of its latest event: without it a missing last one would not show.
    seal: Mapped[str] = mapped_column(String(64), default="")
    # What went wrong when processing last tried; shown to supervisors.
    failure: Mapped[str | None] = mapped_column(Text)

    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"))
    company_name: Mapped[str] = mapped_column(String(200))
    tax_number: Mapped[str] = mapped_column(String(20))
    country: Mapped[Country] = mapped_column(CountryCode)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    requester_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[Language] = mapped_column(Word(Language))
    authority: Mapped[Authority] = mapped_column(Word(Authority))

    reason: Mapped[Reason | None] = mapped_column(Word(Reason))
    reason_text: Mapped[str] = mapped_column(Text)
    asked: Mapped[str] = mapped_column(Text)
    contracts: Mapped[str] = mapped_column(Text)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"), unique=True)
    linked_to_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"))
    # Name, tax number, e-mail, without accents or case: what the search reads.
    search_words: Mapped[str] = mapped_column(Text)
    # When all that is personal in it was erased with its company (rules §5).
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    endings: Mapped[list["Ending"]] = relationship(back_populates="request", order_by="Ending.id")
    events: Mapped[list["Event"]] = relationship(order_by="Event.number")
    reviews: Mapped[list["Review"]] = relationship(order_by="Review.id")
    messages: Mapped[list[Message]] = relationship(order_by="Message.id", viewonly=True)
    company: Mapped[Company | None] = relationship()
    call: Mapped[Call | None] = relationship()
    linked_to: Mapped["Request | None"] = relationship(remote_side="Request.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)


class Ending(Model):
    """The end of one subscription: its dates, fixed at filing, and its own life from then on."""

    __tablename__ = "endings"
    __table_args__ = (
        Index("ix_endings_subscription_state", "subscription_id", "state"),
        Index("ix_endings_deletion", "state", "deletes_at"),
        Index("ix_endings_effective", "state", "effective_on", "request_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), index=True)
    # Empty once the subscription has been deleted; what the proof needs of it stands here.
    subscription_id: Mapped[int | None] = mapped_column(ForeignKey("subscriptions.id"))
    product: Mapped[str] = mapped_column(String(80))
    contract: Mapped[str] = mapped_column(String(20))
    term_months: Mapped[int]
    price_cents: Mapped[int]
    terms_version_id: Mapped[int] = mapped_column(ForeignKey("terms_versions.id"))
    state: Mapped[State] = mapped_column(Word(State))
    zone: Mapped[str] = mapped_column(String(40))
    requested_on: Mapped[date]
    notice_ends_on: Mapped[date]
    effective_on: Mapped[date]
    last_access_on: Mapped[date]
    access_ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_on: Mapped[date]
    deletes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # The last instant of its timetable that has been dealt with.
    done_until: Mapped[datetime] = mapped_column(UtcDateTime)

    request: Mapped[Request] = relationship(back_populates="endings")
    subscription: Mapped[Subscription | None] = relationship()
    deletion: Mapped["Deletion | None"] = relationship(back_populates="ending")

    @cached_property
    def explanation(self) -> tuple[Step, ...]:
        """The steps as they were when the request was filed: they never change."""
        return explanation.read(self.steps)


class Event(Model):
    """What happened: append-only, each with the hash of the one before in its request's chain."""

    __tablename__ = "events"
    __table_args__ = (
        Index("uq_events_request_number", "request_id", "number", unique=True),
        partial_index("ix_events_person_id", "person_id", where="person_id IS NOT NULL"),
        partial_index("ix_events_call_id", "call_id", where="call_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))
    number: Mapped[int]
    ending_id: Mapped[int | None] = mapped_column(ForeignKey("endings.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[Action] = mapped_column(Word(Action))
    # Who: customer, agent, supervisor or processing; staff with their id, never their name.
    actor: Mapped[str] = mapped_column(String(24))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # The call in which an agent did it, when they did it on the phone.
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    from_state: Mapped[State | None] = mapped_column(Word(State))
    to_state: Mapped[State] = mapped_column(Word(State))
    why: Mapped[str] = mapped_column(Text)
    # Stands for `person_id` and `why` in the chain, so that it still holds once they are erased.
    digest: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Deletion(Model):
    """The deletion of the data of one ended subscription, from its first batch to its last."""

    __tablename__ = "deletions"

    id: Mapped[int] = mapped_column(primary_key=True)
    ending_id: Mapped[int] = mapped_column(ForeignKey("endings.id"), unique=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The instant from which its next batch may run; later than now when the last one failed.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How many rows of each kind have gone so far.
    counts: Mapped[dict[str, int]] = mapped_column(JSON)

    ending: Mapped[Ending] = relationship(back_populates="deletion")


class Review(Model):
    """One reason why a person must look at a request, and when it was settled."""

    __tablename__ = "reviews"
    __table_args__ = (Index("ix_reviews_reason", "reason", "settled_at", "request_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), index=True)
    reason: Mapped[ReviewReason] = mapped_column(Word(ReviewReason))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Pass(Model):
    """One pass of processing: when, and what it did; supervisors see that it still runs."""

    __tablename__ = "passes"

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done: Mapped[dict[str, int]] = mapped_column(JSON)
    # What was left to do at its end, and by when: so nobody who looks at it reckons it anew.
    ahead: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    ahead_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
