"""The port to whoever takes payments: what we ask of a provider, and what it may answer.

The person pays on the provider's own pages: no card number is ever typed, sent or kept here. What
their browser says when it comes back is not believed; the provider is asked (`outcome`).

No call is made inside a transaction of ours: a provider may take its time, and what it did cannot
be rolled back. A real provider is one more class here and one more name in `providers.py`. As its
pages are on another host, the policy of `headers.py` must then name that host in `form-action`:
browsers hold a redirect that follows a form to it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """What came of a payment; an open one waits for the person, or for their bank."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Unanswered(Exception):
    """The provider gave no answer: nobody knows what it did, so it must be asked again."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What a provider is asked for: a payment by its key, and where to send the person after it.

    `back` is a path of ours, which a provider on another host puts behind `PUBLIC_URL`.
    """

    key: str
    amount_cents: int
    back: str


class Provider(Protocol):
    """Whoever takes payments. Each call may be repeated and may raise Unanswered."""

    def begin(self, bill: Bill) -> str:
        """Open a payment and return the address of the page where it is made.

        The same key again changes nothing and returns the same page.
        """

    def outcome(self, key: str) -> Outcome:
        """Return what came of a payment; one that was never begun is open."""

    def cancel(self, key: str) -> None:
        """See that a payment takes no money, now or later; what was taken is given back."""
