"""Callbacks: who wants to be called, from when the line can do it, and who did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.database import locked
from helpdesk.desk import hours
from helpdesk.desk.models import Callback
from helpdesk.directory import locks
from helpdesk.rules.vocabulary import Language


class AlreadyDone(Exception):
    """Somebody else has taken this callback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whom to call, on which number (E.164), in which language."""

    company_id: int
    person_id: int
    phone: str
    language: Language


def ask(session: Session, desk_code: str, wanted: Wanted, at: datetime) -> Callback:
    """Keep that somebody wants to be called; asking again before that changes only the number.

    It is due at once while the line is open, and at its next opening otherwise. Raises
    NoResultFound once the company’s data is gone.
    """
    locks.company(session, wanted.company_id)
    waiting = waiting_for(session, desk_code, wanted.person_id)
    if waiting is not None:
        waiting.phone, waiting.language = wanted.phone, wanted.language
        return waiting
    status = hours.line_status(session, desk_code, at)
    callback = Callback(
        desk_id=hours.desk(session, desk_code).id,
        company_id=wanted.company_id,
        person_id=wanted.person_id,
        phone=wanted.phone,
        language=wanted.language,
        asked_at=at,
        due_at=at if status.is_open else status.opens_at or at,
        done_at=None,
        done_by_id=None,
    )
    session.add(callback)
    return callback


def waiting_for(session: Session, desk_code: str, person_id: int) -> Callback | None:
    """Return the callback that somebody still waits for."""
    query = _open(session, desk_code).where(Callback.person_id == person_id)
    return session.scalar(query.limit(1))


def waiting(session: Session, desk_code: str) -> Sequence[Callback]:
    """Return all that have still to be called, the earliest due first."""
    eager = _open(session, desk_code).options(joinedload(Callback.company))
    return session.scalars(eager).all()


def take(session: Session, number: int, agent_id: int, at: datetime) -> Callback | None:
    """Mark a callback as done by an agent; None when there is no such one.

    Raises AlreadyDone when it has been taken before.
    """
    for callback in locked(session, select(Callback).where(Callback.id == number)):
        if callback.done_at is not None:
            raise AlreadyDone
        callback.done_at, callback.done_by_id = at, agent_id
        return callback
    return None


def _open(session: Session, desk_code: str) -> Select[Callback]:
    desk = hours.desk(session, desk_code)
    query = select(Callback).where(Callback.desk_id == desk.id, Callback.done_at.is_(None))
    return query.order_by(Callback.due_at, Callback.id)
