"""The events of one request, sealed as the product seals them, without its rows."""

from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from helpdesk.queue import events
from helpdesk.queue.events import By
from helpdesk.rules.vocabulary import Action, State

if TYPE_CHECKING:
    from helpdesk.queue.models import Event, Request

ROOM = 16
"""How many events the life of one request has at most, and how many messages."""


@dataclass(slots=True)
class Chain:
    """One request's chain of hashes; `seal` is that of its latest event."""

    request_id: int
    reference: str
    filing_key: str
    erased: bool
    seal: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(  # noqa: PLR0913 (an event is when, what, who, from, to, why)
        self,
        at: datetime,
        action: Action,
        by: By,
        before: State | None,
        after: State,
        *,
        ending_id: int | None = None,
        why: str = "",
    ) -> None:
        """Append an event; what is personal in it is empty once its request is erased."""
        number = len(self.rows) + 1
        request = cast("Request", self)
        digest = events.digest_of(request, number, None, why)
        row: dict[str, Any] = {
            "id": ROOM * self.request_id + number,
            "request_id": self.request_id,
            "number": number,
            "ending_id": ending_id,
            "at": at,
            "action": action,
            "actor": by.value,
            "person_id": None,
            "call_id": None,
            "from_state": before,
            "to_state": after,
            "why": why,
            "digest": digest,
            "previous_hash": self.seal,
        }
        event = cast("Event", SimpleNamespace(**row))
        row["hash"] = self.seal = events.hash_of(event, self.reference)
        if self.erased:
            row["why"] = ""
        self.rows.append(row)
