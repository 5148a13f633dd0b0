"""The tables of whom we serve."""

from datetime import date, datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from typing_extensions import override

from helpdesk.database import CountryCode, Model, UtcDateTime, Word, partial_index
from helpdesk.rules.notice import Terms
from helpdesk.rules.vocabulary import Authority, Country, Language, Role


class TermsVersion(Model):
    """One version of the general terms: what they say of notice and retention."""

    __tablename__ = "terms_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    valid_from: Mapped[date]
    notice_days: Mapped[int]
    retention_months: Mapped[int]


class Company(Model):
    """A customer of the service, known by its tax number."""

    __tablename__ = "companies"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    country: Mapped[Country] = mapped_column(CountryCode)
    tax_number: Mapped[str] = mapped_column(String(20), unique=True)
    zone: Mapped[str] = mapped_column(String(40))
    language: Mapped[Language] = mapped_column(Word(Language))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    # Name, tax number and phone without accents or case: what the search as you type reads.
    search_words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    subscriptions: Mapped[list["Subscription"]] = relationship(
        back_populates="company", order_by="Subscription.id"
    )
    people: Mapped[list["Person"]] = relationship(back_populates="company", order_by="Person.id")
    holds: Mapped[list["Hold"]] = relationship(back_populates="company", order_by="Hold.id")


class Subscription(Model):
    """One product that a company pays for, renewed term after term from its anchor date."""

    __tablename__ = "subscriptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"), index=True)
    terms_version_id: Mapped[int] = mapped_column(ForeignKey("terms_versions.id"))
    contract: Mapped[str] = mapped_column(String(20), unique=True)
    product: Mapped[str] = mapped_column(String(80))
    anchor_on: Mapped[date]
    term_months: Mapped[int]
    price_cents: Mapped[int]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    company: Mapped[Company] = relationship(back_populates="subscriptions")
    terms_version: Mapped[TermsVersion] = relationship(lazy="joined")

    @property
    def terms(self) -> Terms:
        """The terms as the notice rules want them."""
        return Terms(
            anchor_on=self.anchor_on,
            term_months=self.term_months,
            notice_days=self.terms_version.notice_days,
            retention_months=self.terms_version.retention_months,
        )


class Person(Model, UserMixin):  # type: ignore[misc]
    """Somebody who may sign in: a company's user, or one of us."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(Word(Role))
    authority: Mapped[Authority] = mapped_column(Word(Authority))
    language: Mapped[Language] = mapped_column(Word(Language))
    is_demo: Mapped[bool] = mapped_column(default=False)
    # Changed at each sign-out everywhere or change of role: an older session is then no longer one.
    session_key: Mapped[str] = mapped_column(String(32))

    company: Mapped[Company | None] = relationship(back_populates="people", lazy="joined")

    @override
    def get_id(self) -> str:
        """Return what the session keeps of who is signed in."""
        return f"{self.id}:{self.session_key}"


class Hold(Model):
    """A legal hold: while it lasts nothing of the company is deleted (rules §5)."""

    __tablename__ = "holds"
    __table_args__ = (
        partial_index("ix_holds_lasting", "set_at", "id", where="released_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # The instant from which it no longer holds; empty: until somebody releases it.
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    company: Mapped[Company] = relationship(back_populates="holds")
