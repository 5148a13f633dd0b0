"""Find companies, their subscriptions in force and their people."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from helpdesk import fulltext
from helpdesk.database import locked
from helpdesk.directory.models import Company, Person, Subscription
from helpdesk.rules.authority import may_cancel
from helpdesk.rules.vocabulary import Authority

_ACTIVE = (
    select(Subscription)
    .where(Subscription.company_id == bindparam("company_id"), Subscription.ended_at.is_(None))
    .order_by(Subscription.id)
)
MOST_COMPARED = 1000
"""Of more companies than these the first found are put in order: who searches on types on."""


def company_by_tax_number(session: Session, tax_number: str) -> Company | None:
    """Return the company with this tax number, in its normal form."""
    return session.scalar(select(Company).where(Company.tax_number == tax_number))


def companies_by_id(session: Session, ids: Collection[int]) -> Mapping[int, Company]:
    """Return those of these companies that there are, by their number."""
    query = select(Company).where(Company.id.in_(ids))
    return {company.id: company for company in session.scalars(query)}


def companies_matching(session: Session, words: str, limit: int = 8) -> Sequence[Company]:
    """Return the companies whose name, tax number or phone has every one of the words."""
    query = select(Company).order_by(Company.name).limit(limit)
    if words.strip():
        index = fulltext.COMPANIES.c
        has_words = fulltext.found(session, index.words, words)
        found = select(index.rowid).where(has_words).limit(MOST_COMPARED).cte()
        query = query.where(Company.id.in_(select(found.c.rowid)))
    return session.scalars(query).all()


def people_at(session: Session, phone: str) -> Sequence[Person]:
    """Return the people whose own number, or whose company's, is this one (E.164)."""
    query = (
        select(Person)
        .join(Company)
        .where(or_(Person.phone == phone, Company.phone == phone))
        .order_by(Person.phone.is_distinct_from(phone), Person.id)
    )
    return session.scalars(query.limit(12)).all()


def person_by_email(session: Session, email: str, *, lock: bool = False) -> Person | None:
    """Return who signs in with an address, however they typed it; for one writer with `lock`."""
    query = select(Person).where(Person.email == email.strip().lower())
    return next(iter(locked(session, query)), None) if lock else session.scalar(query)


def people_who_may_cancel(session: Session, company_id: int) -> Sequence[Person]:
    """Return who may cancel for a company: its account holder, its subscription managers."""
    enough = [one for one in Authority if may_cancel(one)]
    query = select(Person).where(Person.company_id == company_id, Person.authority.in_(enough))
    return session.scalars(query.order_by(Person.id)).all()


def subscriptions(session: Session, company_id: int) -> Sequence[Subscription]:
    """Return all subscriptions of a company that we still hold, in the order they were begun."""
    query = select(Subscription).where(Subscription.company_id == company_id)
    return session.scalars(query.order_by(Subscription.id)).all()


def active_subscriptions(session: Session, company_id: int) -> Sequence[Subscription]:
    """Return a company's subscriptions that have not ended."""
    return session.scalars(_ACTIVE, {"company_id": company_id}).all()
