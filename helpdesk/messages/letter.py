"""What a message says, before it is put into words: plain values, no rows."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from helpdesk import legislations
from helpdesk.rules.explanation import Step
from helpdesk.rules.seasons import Season
from helpdesk.rules.vocabulary import Language, MessageKind

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class LetterEnding:
    """One subscription's end as a message tells it; `number` is the ending's own, for good."""

    number: int
    product: str
    requested_on: date
    notice_ends_on: date
    effective_on: date
    last_access_on: date
    deleted_on: date
    steps: tuple[Step, ...]
    restarted_on: date | None = None
    renews_on: date | None = None


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """The phone line that a signature names: its number (E.164) and its hours in force."""

    number: str
    seasons: tuple[Season, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to be written: `key` makes it the only one of its kind for its cause.

    `reference` is as people read it, `text` what a supervisor wrote to the customer, `token` the
    signed proof in the link that verifies a request, or the key of what is downloaded, `until` when
    that is possible, `line` whom one can call.
    """

    key: str
    request_id: int | None
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
    ending_id: int | None = None
    company_id: int | None = None
    text: str = ""
    token: str = ""
    until: datetime | None = None
    line: PhoneLine | None = None
    # Whether the law asks to keep the data for now; looked up for the notice of its deletion only.
    is_on_hold: bool = False

    @property
    def zone(self) -> str:
        """The zone in which the country of the letter tells the time."""
        return legislations.of(self.country).zone

    @property
    def books(self) -> str:
        """The duty to keep one’s books, as the law of the country has it."""
        return legislations.of(self.country).books[self.language]

    @property
    def day(self) -> date:
        """The local day on which the letter was caused."""
        return self.at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def business(self) -> str:
        """The business’s name as one short line of plain letters: visitors type what they like."""
        return _one_line(self.company_name)

    @property
    def asker(self) -> str:
        """The name of who asked, likewise."""
        return _one_line(self.requester_name)

    @property
    def quote(self) -> tuple[str, ...]:
        """The lines of what a supervisor wrote, without signs that change how others are shown."""
        return tuple(_printable(line) for line in self.text.strip().splitlines())


def _one_line(name: str) -> str:
    shown = _printable(" ".join(name.split()))
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1]}…"


def _printable(text: str) -> str:
    """Return a text without control and direction signs, and without lone surrogates."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in {"Cc", "Cf", "Cs"})
