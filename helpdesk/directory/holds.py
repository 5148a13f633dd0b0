"""Legal holds: while one lasts, nothing of its company is deleted (rules §5)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from helpdesk.directory.models import Hold


def lasting(at: datetime) -> ColumnElement[bool]:
    """Return the condition that a hold lasts at an instant."""
    return Hold.released_at.is_(None) & or_(Hold.ends_at.is_(None), Hold.ends_at > at)


def of_company(session: Session, company_id: int, at: datetime) -> Sequence[Hold]:
    """Return the holds of a company that last at an instant, the oldest first."""
    query = select(Hold).where(Hold.company_id == company_id, lasting(at)).order_by(Hold.id)
    return session.scalars(query).all()


def is_held(session: Session, company_id: int, at: datetime) -> bool:
    """Tell whether a company is on hold at an instant."""
    return bool(of_company(session, company_id, at))
