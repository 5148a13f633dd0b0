"""The one lock: whoever changes something of a company has its row first.

People wait for it. Workers never wait: they take what is free, and leave the rest to the next pass.
So nobody waits for anybody who waits for them (docs/architecture.md).
"""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from helpdesk import bulk
from helpdesk.database import locked, locking, taken
from helpdesk.directory.models import Company

_NAMED = locking(select(Company).where(Company.tax_number == bindparam("tax_number")))


def companies(session: Session, numbers: Collection[int | None]) -> Sequence[Company]:
    """Return those of these companies that there are, each for this transaction alone."""
    query = select(Company).where(Company.id.in_(set(numbers) - {None}))
    return locked(session, query.order_by(Company.id))


def company(session: Session, number: int) -> Company:
    """Return a company for this transaction alone; raises NoResultFound once its data is gone."""
    for found in companies(session, [number]):
        return found
    raise NoResultFound


def company_named(session: Session, tax_number: str) -> Company | None:
    """Return the company with a tax number for this transaction alone; None when none has it."""
    return next(iter(taken(session, _NAMED, {"tax_number": tax_number})), None)


def free(session: Session, numbers: Collection[int | None]) -> frozenset[int]:
    """Return those of these companies that nobody is changing, and let nobody begin to.

    Several workers may have the same one in this way, each for requests of its own.
    """
    which = bulk.among(session, Company.id, set(numbers) - {None})
    query = select(Company.id).where(which).order_by(Company.id)
    return frozenset(session.scalars(query.with_for_update(read=True, skip_locked=True)))
