"""What the service and its other systems are told: written with the change that causes it.

The service reads them in order with `helpdesk events --after N`, and keeps the number of the last.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import bulk
from helpdesk.database import db, settled
from helpdesk.queue import references
from helpdesk.queue.models import Ending
from helpdesk.queue.records import OutgoingEvent
from helpdesk.rules import lifecycle
from helpdesk.rules.vocabulary import Action, OutgoingKind

Row = dict[str, Any]
"""An outgoing event, as it stands in its table."""


def rows(endings: Iterable[Ending], action: Action, at: datetime) -> list[Row]:
    """Return what an action means for each of these subscriptions, if it means anything."""
    kind = lifecycle.OUTGOING_OF.get(action)
    if kind is None:
        return []
    return [_row(ending, kind, at, _told(ending)) for ending in endings]


def add_company(session: Session, ending: Ending, at: datetime) -> None:
    """Write that nothing is left of the company whose last subscription this was."""
    payload = {"contract": ending.contract}
    row = _row(ending, OutgoingKind.COMPANY_DELETED, at, payload)
    bulk.add(session, OutgoingEvent, [row])


def after(session: Session, number: int, limit: int) -> Sequence[OutgoingEvent]:
    """Return the events that follow the one with this number, oldest first.

    Whoever reads on from the last of them misses none.
    """
    last = settled(db.engine, OutgoingEvent.id)
    which = OutgoingEvent.id.between(number + 1, last)
    query = select(OutgoingEvent).where(which).order_by(OutgoingEvent.id)
    return session.scalars(query.limit(limit)).all()


def lines(session: Session, number: int, limit: int) -> Iterator[str]:
    """Yield the events that follow the one with this number as JSON, one a line."""
    for event in after(session, number, limit):
        told = {
            "number": event.id,
            "at": event.at.isoformat(),
            "kind": event.kind.value,
            "reference": references.written(event.reference),
            **event.payload,
        }
        yield json.dumps(told, ensure_ascii=False)


def _row(ending: Ending, kind: OutgoingKind, at: datetime, payload: dict[str, str]) -> Row:
    return {"at": at, "kind": kind, "reference": ending.request.reference, "payload": payload}


def _told(ending: Ending) -> dict[str, str]:
    return {
        "contract": ending.contract,
        "effective_on": ending.effective_on.isoformat(),
        "access_ends_at": ending.access_ends_at.isoformat(),
        "deleted_on": ending.deleted_on.isoformat(),
    }
