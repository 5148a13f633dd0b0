"""What a document says: plain values, frozen when its cause happened, kept as JSON.

The words come when it is rendered, so the same facts give the same document for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Self

from helpdesk.rules import explanation
from helpdesk.rules.explanation import Kept, Step
from helpdesk.rules.vocabulary import Channel, Country, DocumentKind, Language

_OF_ONE = frozenset({DocumentKind.END, DocumentKind.DELETION})


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEnding:
    """One subscription's end as a document tells it."""

    product: str
    contract: str
    price_cents: int
    term_months: int
    requested_on: date
    notice_ends_on: date
    effective_on: date
    last_access_on: date
    deleted_on: date
    steps: Kept

    def as_json(self) -> dict[str, Any]:
        """Return the ending as plain values."""
        return _plain(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the ending that `as_json` wrote; raises `ValueError` when it did not write it."""
        given = _given(cls, kept)
        days = {name: date.fromisoformat(given[name]) for name in given if name.endswith("_on")}
        explanation.read(given["steps"])
        return cls(**(given | days))

    @property
    def explanation(self) -> tuple[Step, ...]:
        """The steps why the dates are these."""
        return explanation.read(self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """One document: `code` as it is stored, `reference` as people read it.

    `happened_at` is when what it confirms came about: confirmed, withdrawn, ended, deleted.
    `counts` (rows by kind) and `certificate` (the hash of the event) belong to a deletion, whose
    document names nobody.
    """

    kind: DocumentKind
    language: Language
    country: Country
    code: str
    reference: str
    service: str
    verify_url: str
    zone: str
    issued_at: datetime
    requested_at: datetime
    happened_at: datetime
    channel: Channel
    endings: tuple[DocumentEnding, ...]
    company_name: str = ""
    tax_number: str = ""
    requester_name: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    certificate: str = ""

    def __post_init__(self) -> None:
        if None in {at.tzinfo for at in (self.issued_at, self.requested_at, self.happened_at)}:
            raise ValueError("The instants of a document need their time zone.")
        named = self.company_name or self.tax_number or self.requester_name
        if self.kind is DocumentKind.DELETION and named:
            raise ValueError("The certificate of a deletion names nobody.")
        if not self.endings or (len(self.endings) > 1 and self.kind in _OF_ONE):
            raise ValueError("A document is about subscriptions; an end or a deletion about one.")

    def as_json(self) -> dict[str, Any]:
        """Return the facts as plain values."""
        return _plain(self) | {"endings": [ending.as_json() for ending in self.endings]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the facts that `as_json` wrote; raises `ValueError` when it did not write them."""
        given = _given(cls, kept)
        instants = {name: datetime.fromisoformat(given[name]) for name in given if _is_at(name)}
        words = {
            "kind": DocumentKind(given["kind"]),
            "language": Language(given["language"]),
            "country": Country(given["country"]),
            "channel": Channel(given["channel"]),
            "endings": tuple(DocumentEnding.from_json(ending) for ending in given["endings"]),
        }
        return cls(**(given | instants | words))


_NAMES: Mapping[type, tuple[str, ...]] = {
    kind: tuple(one.name for one in fields(kind)) for kind in (DocumentEnding, DocumentFacts)
}

_VALUES = {kind: attrgetter(*names) for kind, names in _NAMES.items()}


def _is_at(name: str) -> bool:
    return name.endswith("_at")


def _given(kind: type, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of every field, and of none that is unknown."""
    if set(kept) != set(_NAMES[kind]):
        raise ValueError(f"These are not the facts of a document: {sorted(kept)}.")
    return dict(kept)


def _plain(whole: DocumentEnding | DocumentFacts) -> dict[str, Any]:
    names = _NAMES[type(whole)]
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in zip(names, _VALUES[type(whole)](whole), strict=True)
    }
