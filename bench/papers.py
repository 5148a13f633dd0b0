"""What the life of a request leaves on paper: messages, documents, and what the service is told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bench import words
from bench.chain import ROOM
from bench.customers import Contract, Customer
from bench.signs import signs
from helpdesk.documents.codes import RANDOM_SIGNS
from helpdesk.queue import references
from helpdesk.queue.erasure import CONTRACTS_KEPT
from helpdesk.rules import lifecycle
from helpdesk.rules.notice import Notice
from helpdesk.rules.vocabulary import Action, DocumentKind, MessageKind, MessageState

Rows = list[tuple[str, dict[str, Any]]]
FEWER = 8
"""How many documents, and outgoing events, the life of one request has at most."""
SENT_AFTER = timedelta(seconds=20)


class Papers:
    """Writes the papers of one request as rows."""

    def __init__(
        self,
        who: Customer,
        reference: str,
        now: datetime,
        notices: Sequence[Notice],
        *,
        erased_at: datetime | None,
    ) -> None:
        self.who, self.reference, self.now = who, reference, now
        self.notices, self.erased_at = notices, erased_at
        self.rows: Rows = []
        self._messages = self._documents = self._outgoing = 0

    def ending_id(self, place: int) -> int:
        """Return the number of an ending: that of its subscription."""
        return self.who.contracts[place].id

    def of_request(self, action: Action, at: datetime) -> None:
        """Write what goes with an action that happens to a whole request."""
        for place in range(len(self.notices)):
            self._tell(action, place, at)
        document_id = self._document(action, at, range(len(self.notices)))
        if kind := lifecycle.MESSAGE_OF.get(action):
            self.message(kind, at, document_id=document_id)

    def of_ending(self, place: int, action: Action, at: datetime, kind: MessageKind) -> None:
        """Write what goes with an action that happens to one ending."""
        self._tell(action, place, at)
        document_id = self._document(action, at, [place], self.ending_id(place))
        self.message(kind, at, self.ending_id(place), document_id)

    def message(
        self,
        kind: MessageKind,
        at: datetime,
        ending_id: int | None = None,
        document_id: int | None = None,
    ) -> None:
        """Write a message, which was sent at once."""
        self._messages += 1
        who, number = self.who, ROOM * self.who.id + self._messages
        row: dict[str, Any] = {
            "id": number,
            "request_id": who.id,
            "ending_id": ending_id,
            "kind": kind,
            "language": who.language,
            "document_id": document_id,
            "message_id": f"<{number}@preavis>",
            "state": MessageState.SENT,
            "created_at": at,
            "due_at": at,
            "sent_at": at + SENT_AFTER,
        }
        if self.erased_at:
            self.rows.append(("messages", row | words.erased(number, self.erased_at)))
            return
        row |= words.words(who.language, kind, self.reference, who.name, who.holder)
        key = ":".join(str(part) for part in (who.id, kind.value, ending_id) if part)
        self.rows.append(("messages", row | {"key": key, "recipient": who.holder_email}))

    def _document(
        self, action: Action, at: datetime, places: Sequence[int], ending_id: int | None = None
    ) -> int | None:
        kind = lifecycle.DOCUMENT_OF.get(action)
        if kind is None:
            return None
        self._documents += 1
        number = FEWER * self.who.id + self._documents
        code = signs(number, RANDOM_SIGNS)
        keeps = self.erased_at is None or kind is DocumentKind.DELETION
        facts = words.facts(kind, code, self, at, places) if keeps else None
        row = {"id": number, "code": code, "kind": kind, "request_id": self.who.id}
        more = {"language": self.who.language, "issued_at": at, "facts": facts}
        self.rows.append(("documents", row | more | {"ending_id": ending_id}))
        return number

    def _tell(self, action: Action, place: int, at: datetime) -> None:
        kind = lifecycle.OUTGOING_OF.get(action)
        if kind is None:
            return
        self._outgoing += 1
        forgotten = self.erased_at and self.erased_at + CONTRACTS_KEPT <= self.now
        contract, notice = self.who.contracts[place], self.notices[place]
        row = {
            "id": FEWER * self.who.id + self._outgoing,
            "at": at,
            "kind": kind,
            "reference": self.reference,
            "payload": {} if forgotten else _payload(contract, notice),
        }
        self.rows.append(("outgoing_events", row))

    @property
    def written(self) -> str:
        """The reference as people read it."""
        return references.written(self.reference)


def _payload(contract: Contract, notice: Notice) -> dict[str, str]:
    return {
        "contract": contract.number,
        "effective_on": notice.effective_on.isoformat(),
        "access_ends_at": notice.access_ends_at.isoformat(),
        "deleted_on": notice.deleted_on.isoformat(),
    }
