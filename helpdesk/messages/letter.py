"""What a message says, before it is put into words: plain values, no rows.

It is frozen when its cause happens and kept as JSON, so the same letter gives the same words
whenever they are needed.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Self
from zoneinfo import ZoneInfo

from helpdesk import legislations
from helpdesk.rules import explanation
from helpdesk.rules.explanation import Kept, Step
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
    steps: Kept
    restarted_on: date | None = None
    renews_on: date | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the ending as plain values."""
        return _said(self) | {"steps": self.steps}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the ending that `as_json` wrote."""
        days = {name: date.fromisoformat(kept[name]) for name in kept if name.endswith("_on")}
        return cls(**{**kept, **days, "steps": explanation.checked(kept["steps"])})

    @property
    def explanation(self) -> tuple[Step, ...]:
        """The steps why the dates are these; raises ValueError when they are none."""
        return explanation.read(self.steps)


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """The phone line that a signature names: its number (E.164) and its hours in force."""

    number: str
    seasons: tuple[Season, ...]

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the line that a letter wrote."""
        return cls(kept["number"], tuple(Season.from_json(one) for one in kept["seasons"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to be written: `key` makes it the only one of its kind for its cause.

    `reference` is as people read it, `text` what a supervisor wrote to the customer, `token` the
    signed proof in the link that verifies a request, or the key of what is downloaded, `until` when
    that is possible, `line` whom one can call, `was_announced` whether calendars were told the
    dates that it takes back.
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
    was_announced: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return all that it says as plain values; what is empty is left out."""
        nested: dict[str, Any] = {"endings": [ending.as_json() for ending in self.endings]}
        if self.line:
            nested["line"] = _line(self.line)
        return _said(self) | nested

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the letter that `as_json` wrote; raises ValueError when it did not write it."""
        try:
            instants = {name: datetime.fromisoformat(kept[name]) for name in _INSTANTS & set(kept)}
            words: dict[str, Any] = {
                "request_id": kept.get("request_id"),
                "kind": MessageKind(kept["kind"]),
                "language": Language(kept["language"]),
                "endings": tuple(LetterEnding.from_json(ending) for ending in kept["endings"]),
                "line": PhoneLine.from_json(kept["line"]) if "line" in kept else None,
            }
            return cls(**{**_EMPTY, **kept, **instants, **words})
        except (KeyError, TypeError) as wrong:
            raise ValueError("This is not the letter of a message.") from wrong

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


_INSTANTS = frozenset({"at", "due_at", "until"})
_NESTED = frozenset({"endings", "steps", "line"})
_TYPED = ("recipient", "reference", "company_name", "requester_name")
_EMPTY: Mapping[str, str] = dict.fromkeys(_TYPED, "")
_NAMES = {
    kind: tuple(one.name for one in fields(kind) if one.name not in _NESTED)
    for kind in (LetterEnding, Letter)
}
_VALUES = {kind: attrgetter(*names) for kind, names in _NAMES.items()}


def _said(whole: LetterEnding | Letter) -> dict[str, Any]:
    """Return the plain values of a letter or an ending that are not empty."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in zip(_NAMES[type(whole)], _VALUES[type(whole)](whole), strict=True)
        if value
    }


@lru_cache(maxsize=32)
def _line(line: PhoneLine) -> dict[str, Any]:
    """Return a line as plain values, made once for all the letters that name it."""
    return {"number": line.number, "seasons": [season.as_json() for season in line.seasons]}


def _one_line(name: str) -> str:
    shown = _printable(" ".join(name.split()))
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1]}…"


def _printable(text: str) -> str:
    """Return a text without control and direction signs, and without lone surrogates."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in {"Cc", "Cf", "Cs"})
