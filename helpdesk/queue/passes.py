"""Keep when processing last passed, so that everybody sees when it does not any more."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk.database import db, transaction
from helpdesk.queue import figures
from helpdesk.queue.models import Pass
from helpdesk.rules.vocabulary import Action

KEPT = timedelta(days=7)
SILENCE = timedelta(minutes=5)


def record(began_at: datetime, ended_at: datetime, done: Mapping[str, int]) -> None:
    """Keep one pass with what is left to do; forget those older than a week.

    Those of a clock that was ahead are forgotten as well.
    """
    is_past = (Pass.began_at > ended_at + SILENCE) | (Pass.began_at < ended_at - KEPT)
    until = figures.morning_after(ended_at)
    ahead = figures.timed_by(db.session(), until)  # Before anybody has to wait for the writing.
    with transaction() as session:
        one = Pass(began_at=began_at, ended_at=ended_at, done=dict(done))
        one.ahead = {action.value: number for action, number in ahead.items()}
        one.ahead_until = until
        session.add(one)
        free = select(Pass.id).where(is_past).with_for_update(skip_locked=True)
        session.execute(delete(Pass).where(Pass.id.in_(free)))


def last(session: Session) -> Pass | None:
    """Return the latest pass."""
    return session.scalar(select(Pass).order_by(Pass.began_at.desc()).limit(1))


def tonight(session: Session, latest: Pass | None, now: datetime) -> Mapping[Action, int]:
    """Return what processing will do until the next morning: as the latest pass left it.

    What only has to be confirmed is counted now; without a pass of today, so is all else.
    """
    until = figures.morning_after(now)
    if latest is None or latest.ahead is None or latest.ahead_until != until:
        return figures.due_by(session, until)
    kept = {Action(action): number for action, number in latest.ahead.items()}
    return figures.confirmations_by(session, until) + Counter(kept)


def is_silent(latest: Pass | None, now: datetime) -> bool:
    """Tell whether nothing has run for five minutes, or only by a clock that was ahead."""
    return latest is None or abs(now - latest.ended_at) > SILENCE
