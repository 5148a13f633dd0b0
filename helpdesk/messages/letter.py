"""What a message says, before it is put into words: plain values, no rows."""

from dataclasses import dataclass
from datetime import date, datetime

from helpdesk.rules.explanation import Step
from helpdesk.rules.vocabulary import Language, MessageKind


@dataclass(frozen=True, slots=True)
class LetterEnding:
    """One subscription's end as a message tells it."""

    product: str
    requested_on: date
    notice_ends_on: date
    effective_on: date
    last_access_on: date
    deleted_on: date
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to be written: `key` makes it the only one of its kind for its cause.

    `reference` is as people read it, `text` what a supervisor wrote to the customer, `token` the
    signed proof in the link that verifies a request.
    """

    key: str
    request_id: int
    kind: MessageKind
    language: Language
    recipient: str
    reference: str
    company_name: str
    requester_name: str
    country: str
    endings: tuple[LetterEnding, ...]
    at: datetime
    due_at: datetime
    text: str = ""
    token: str = ""
