"""What a supervisor looks for in the queue, and the address that says the same."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TypeVar

from helpdesk import legislations
from helpdesk.fulltext import LONGEST_SEARCH
from helpdesk.rules.vocabulary import Channel, Country, Ends, ReviewReason, State

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a supervisor looks for; an empty one leaves everything in."""

    state: State | None = None
    channel: Channel | None = None
    country: Country | None = None
    reason: ReviewReason | None = None
    ends: Ends | None = None
    failed: bool = False
    search: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether it takes a look at more than what the requests are counted by."""
        return bool(self.reason or self.ends or self.failed or self.search)

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Filters":
        """Return the filters that an address names; what makes no sense filters nothing."""
        return cls(
            state=_member(State, given.get("state")),
            channel=_member(Channel, given.get("channel")),
            country=legislations.known(given.get("country")),
            reason=_member(ReviewReason, given.get("reason")),
            ends=_member(Ends, given.get("ends")),
            failed=given.get("failed") == "yes",
            search=_searchable(given.get("search", "")),
        )

    def as_address(self) -> dict[str, str]:
        """Return the filters as the parts of an address that `read` reads."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        parts = {name: value for name, value in given.items() if value}
        return {name: "yes" if value is True else str(value) for name, value in parts.items()}


def _member(vocabulary: type[E], text: str | None) -> E | None:
    return next((one for one in vocabulary if one.value == text), None)


def _searchable(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:LONGEST_SEARCH]
