"""Set and release a legal hold: each open or ended request of the company tells it (rules §5)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.directory import holds, locks
from helpdesk.directory.models import Hold
from helpdesk.queue import review, transitions
from helpdesk.queue.events import Actor
from helpdesk.queue.models import Request
from helpdesk.rules import lifecycle
from helpdesk.rules.vocabulary import Action, State


class Changed(Exception):
    """Somebody set a hold since this page was opened, or the company’s data is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The hold that a supervisor wants; `seen` is the number of the last one that they saw."""

    reason: str
    ends_at: datetime | None
    seen: int


def set_hold(session: Session, company_id: int, wish: Wish, *, actor: Actor, at: datetime) -> Hold:
    """Put a company on hold, and tell it to each of its requests that is not closed.

    Raises Changed when it is no longer the company that they saw.
    """
    is_there = locks.companies(session, [company_id])
    if not is_there or holds.latest(session, company_id) != wish.seen:
        raise Changed
    hold = Hold(
        company_id=company_id,
        reason=wish.reason,
        set_at=at,
        set_by_id=actor.person_id,
        ends_at=wish.ends_at,
    )
    session.add(hold)
    _tell(session, company_id, Action.HOLD, actor, at, wish.reason)
    return hold


def release(session: Session, number: int, *, actor: Actor, at: datetime) -> bool:
    """Release a hold; returns False, and does nothing, for one that no longer lasts.

    Raises Changed when there is none: it went with the data of its company.
    """
    company_id = session.scalar(select(Hold.company_id).where(Hold.id == number))
    if company_id is None or not locks.companies(session, [company_id]):
        raise Changed
    hold = session.get_one(Hold, number)
    if not holds.lasts(hold, at):
        return False
    hold.released_at, hold.released_by_id = at, actor.person_id
    _tell(session, company_id, Action.RELEASE, actor, at)
    return True


def _tell(
    session: Session, company_id: int, action: Action, actor: Actor, at: datetime, why: str = ""
) -> None:
    told = [state for state in State if (state, action) in lifecycle.MOVES]
    theirs = (Request.company_id == company_id) & Request.state.in_(told)
    for request in review.locked_where(session, theirs):
        transitions.move(session, request, action, actor=actor, at=at, why=why)
