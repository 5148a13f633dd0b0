"""The events of a request: append-only, chained by hashes so that a change shows (design 5)."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from helpdesk import bulk
from helpdesk.queue.models import Ending, Event, Request
from helpdesk.rules.vocabulary import Action, State

Row = dict[str, Any]
"""An event, as it stands in its table."""

READ_AT_ONCE = 200
_SEALED = (
    "previous_hash",
    "number",
    "ending_id",
    "at",
    "action",
    "actor",
    "from_state",
    "to_state",
    "digest",
)


class By(StrEnum):
    """In which role somebody acted; customers see this and never a name of ours."""

    CUSTOMER = "customer"
    BUSINESS = "business"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    PROCESSING = "processing"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: the role, the person when they were signed in, the call when on the phone."""

    by: By
    person_id: int | None = None
    call_id: int | None = None


PROCESSING = Actor(By.PROCESSING)


def following(  # noqa: PLR0913 (an event is who, when, what, why, from, to)
    request: Request,
    number: int,
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    from_state: State | None,
    to_state: State,
    why: str = "",
    ending: Ending | None = None,
) -> Row:
    """Return the event with this number, which follows the last one of its request; seal it."""
    row: Row = {
        "request_id": request.id,
        "number": number,
        "ending_id": ending.id if ending else None,
        "at": at,
        "action": action,
        "actor": actor.by.value,
        "person_id": actor.person_id,
        "call_id": actor.call_id,
        "from_state": from_state,
        "to_state": to_state,
        "why": why,
        "digest": digest_of(request, number, actor.person_id, why),
        "previous_hash": request.seal or "",
    }
    row["hash"] = request.seal = _sealed(row, request.reference)
    return row


def last_numbers(session: Session, requests: Sequence[Request]) -> dict[int, int]:
    """Return the number of the latest event of each of some requests."""
    query = select(Event.request_id, func.max(Event.number)).group_by(Event.request_id)
    rows = session.execute(
        query.where(bulk.among(session, Event.request_id, [one.id for one in requests]))
    )
    return dict(rows.all())


def hash_of(event: Event, reference: str) -> str:
    """Return the hash that seals an event and, through the one before, all before it."""
    return _sealed({name: getattr(event, name) for name in _SEALED}, reference)


def _sealed(row: Row, reference: str) -> str:
    at: datetime = row["at"]
    sealed = (
        row["previous_hash"],
        reference,
        row["number"],
        row["ending_id"],
        at.astimezone(UTC).isoformat(),
        row["action"],
        row["actor"],
        row["from_state"],
        row["to_state"],
        row["digest"],
    )
    return _hash(sealed)


def digest_of(request: Request, number: int, person_id: int | None, why: str) -> str:
    """Return what stands in the chain for the personal part of an event.

    The request’s filing key, which nobody can guess, is in it: once key, person and words are
    erased nobody finds them again by trying, and the chain still holds.
    """
    return _hash((request.filing_key, number, person_id, why))


def _hash(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def broken(session: Session) -> Iterator[tuple[str, int]]:
    """Yield reference and number of each event that was changed or is missing."""
    query = select(Request).options(selectinload(Request.events))
    for request in session.scalars(query.execution_options(yield_per=READ_AT_ONCE)):
        previous = ""
        for number, event in enumerate(request.events, start=1):
            sealed = hash_of(event, request.reference)
            digest = digest_of(request, number, event.person_id, event.why)
            is_whole = request.erased_at is not None or event.digest == digest
            found = (event.number, event.previous_hash, event.hash)
            if found != (number, previous, sealed) or not is_whole:
                yield request.reference, event.number
            previous = event.hash
        if previous != request.seal:
            yield request.reference, len(request.events) + 1
