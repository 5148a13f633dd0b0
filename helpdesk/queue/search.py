"""Find requests, always through what a person may see: somebody else's does not exist."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.directory.models import Person
from helpdesk.queue import references
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Role
from helpdesk.rules.words import plain


def visible_to(session: Session, person: Person, reference: str) -> Request | None:
    """Return a request by its reference: customers see their company's, staff see all."""
    query = select(Request).where(Request.reference == (references.read(reference) or ""))
    if person.role is Role.CUSTOMER:
        query = query.where(
            Request.company_id == person.company_id, Request.company_id.is_not(None)
        )
    return session.scalar(query)


def of_company(session: Session, company_id: int) -> Sequence[Request]:
    """Return all requests of a company, newest first."""
    query = select(Request).where(Request.company_id == company_id)
    return session.scalars(query.order_by(Request.filed_at.desc(), Request.id.desc())).all()


def tracked(session: Session, reference: str, email: str) -> Request | None:
    """Return the request with this reference filed with this e-mail; None for any other pair.

    One whose data was deleted has no e-mail any more.
    """
    request = by_reference(session, reference)
    if request is None or request.erased_at is not None:
        return None
    return request if plain(request.email) == plain(email.strip()) else None


def by_reference(session: Session, reference: str) -> Request | None:
    """Return a request by its reference, for whoever has already shown that they may see it."""
    stored = references.read(reference)
    return session.scalar(select(Request).where(Request.reference == stored)) if stored else None


def filed_as(session: Session, key: str) -> Request | None:
    """Return the request that a filing's key has made."""
    return session.scalar(select(Request).where(Request.filing_key == key))


def references_of(session: Session, numbers: Collection[int]) -> dict[int, str]:
    """Return the references of the requests with these numbers."""
    query = select(Request.id, Request.reference).where(Request.id.in_(numbers))
    return dict(session.execute(query).all())
