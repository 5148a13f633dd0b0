"""Legal holds: while one lasts, nothing of its company is deleted (rules §5)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql import ColumnElement

from helpdesk import paging
from helpdesk.database import UtcDateTime
from helpdesk.directory.models import Hold


def lasting(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that a hold lasts at an instant."""
    return Hold.released_at.is_(None) & or_(Hold.ends_at.is_(None), Hold.ends_at > at)


IS_HELD = exists(
    select(Hold.id).where(
        Hold.company_id == bindparam("company_id"), lasting(bindparam("at", type_=UtcDateTime()))
    )
)
"""The question whether a company is on hold at an instant, which is asked with others."""


def lasts(hold: Hold, at: datetime) -> bool:
    """Tell whether a hold lasts at an instant."""
    return hold.released_at is None and (hold.ends_at is None or hold.ends_at > at)


def of_company(session: Session, company_id: int, at: datetime) -> Sequence[Hold]:
    """Return the holds of a company that last at an instant, the oldest first."""
    query = select(Hold).where(Hold.company_id == company_id, lasting(at)).order_by(Hold.id)
    return session.scalars(query).all()


def is_held(session: Session, company_id: int | None, at: datetime) -> bool:
    """Tell whether a company is on hold at an instant; none is, where there is no company."""
    if company_id is None:
        return False
    given = {"company_id": company_id, "at": at}
    return bool(session.connection().scalar(select(IS_HELD), given))


def held_among(
    session: Session, company_ids: Collection[int | None], at: datetime
) -> frozenset[int]:
    """Return those of these companies that are on hold at an instant."""
    query = select(Hold.company_id).where(Hold.company_id.in_(set(company_ids) - {None}))
    return frozenset(session.scalars(query.where(lasting(at))))


def latest(session: Session, company_id: int) -> int:
    """Return the number of the hold of a company that was set last; 0 when there never was one."""
    return session.scalar(select(func.max(Hold.id)).where(Hold.company_id == company_id)) or 0


def page(
    session: Session, at: datetime, place: paging.Place | None, *, is_lasting: bool
) -> paging.Page[Hold]:
    """Return one page of the holds that last at an instant, or of the past ones, newest first."""
    which = lasting(at) if is_lasting else ~lasting(at)
    query = select(Hold).where(which).options(joinedload(Hold.company))
    return paging.page(session, query, (Hold.set_at, Hold.id), place)


def counts(session: Session, at: datetime) -> tuple[int, int]:
    """Return how many holds last at an instant, and how many are past."""
    every = session.scalar(select(func.count()).select_from(Hold)) or 0
    here = session.scalar(select(func.count()).select_from(Hold).where(lasting(at))) or 0
    return here, every - here
