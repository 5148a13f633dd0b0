"""Keep when processing last passed, so that everybody sees when it does not any more."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.queue.models import Pass

KEPT = timedelta(days=7)
SILENCE = timedelta(minutes=5)


def record(began_at: datetime, ended_at: datetime, done: Mapping[str, int]) -> None:
    """Keep one pass; forget those older than a week, and those of a clock that was ahead."""
    is_past = (Pass.began_at > ended_at + SILENCE) | (Pass.began_at < ended_at - KEPT)
    with transaction() as session:
        session.add(Pass(began_at=began_at, ended_at=ended_at, done=dict(done)))
        free = select(Pass.id).where(is_past).with_for_update(skip_locked=True)
        session.execute(delete(Pass).where(Pass.id.in_(free)))


def last(session: Session) -> Pass | None:
    """Return the latest pass."""
    return session.scalar(select(Pass).order_by(Pass.began_at.desc()).limit(1))


def is_silent(session: Session, now: datetime) -> bool:
    """Tell whether nothing has run for five minutes, or only by a clock that was ahead."""
    latest = last(session)
    return latest is None or abs(now - latest.ended_at) > SILENCE
