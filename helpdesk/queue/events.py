"""The events of a request: append-only, chained by hashes so that a change shows (design 5)."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.queue.models import Ending, Event, Request
from helpdesk.rules.vocabulary import Action, State

READ_AT_ONCE = 200


class By(StrEnum):
    """In which role somebody acted; customers see this and never a name of ours."""

    CUSTOMER = "customer"
    BUSINESS = "business"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    PROCESSING = "processing"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: the role, and the person when they were signed in."""

    by: By
    person_id: int | None = None


PROCESSING = Actor(By.PROCESSING)


def add(  # noqa: PLR0913 (an event is who, when, what, why, from, to)
    request: Request,
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    from_state: State | None,
    to_state: State,
    why: str = "",
    ending: Ending | None = None,
) -> Event:
    """Append the next event of a request's chain."""
    last = request.events[-1] if request.events else None
    event = Event(
        request_id=request.id,
        number=last.number + 1 if last else 1,
        ending_id=ending.id if ending else None,
        at=at,
        action=action,
        actor=actor.by.value,
        person_id=actor.person_id,
        from_state=from_state,
        to_state=to_state,
        why=why,
        previous_hash=last.hash if last else "",
        hash="",
    )
    event.hash = request.seal = hash_of(event, request.reference)
    request.events.append(event)
    return event


def hash_of(event: Event, reference: str) -> str:
    """Return the hash that seals an event and, through the one before, all before it."""
    sealed = (
        event.previous_hash,
        reference,
        event.number,
        event.ending_id,
        event.at.astimezone(UTC).isoformat(),
        event.action,
        event.actor,
        event.person_id,
        event.from_state,
        event.to_state,
        event.why,
    )
    return hashlib.sha256(json.dumps(sealed, ensure_ascii=True).encode()).hexdigest()


def broken(session: Session) -> Iterator[tuple[str, int]]:
    """Yield reference and number of each event that was changed or is missing."""
    for request in session.scalars(select(Request).execution_options(yield_per=READ_AT_ONCE)):
        previous = ""
        for number, event in enumerate(request.events, start=1):
            sealed = hash_of(event, request.reference)
            if (event.number, event.previous_hash, event.hash) != (number, previous, sealed):
                yield request.reference, event.number
            previous = event.hash
        if previous != request.seal:
            yield request.reference, len(request.events) + 1
