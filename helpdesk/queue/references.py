"""References that people read out on the phone: `P7K4-93QD-M` (design 8).

Eight random signs and their check character (`rules/signs.py`): forty bits that nobody guesses.
Stored without dashes.
"""

import secrets
from collections.abc import Callable

from helpdesk.rules import signs
from helpdesk.rules.signs import SIGNS

__all__ = ["RANDOM_SIGNS", "SIGNS", "new", "read", "written"]

RANDOM_SIGNS = 8


def new(choose: Callable[[str], str] = secrets.choice) -> str:
    """Return a new reference, in the form it is stored in, of signs that `choose` draws."""
    return signs.draw(RANDOM_SIGNS, choose)


def read(typed: str) -> str | None:
    """Return the stored form of a reference typed in any case and spacing; None when it is none."""
    return signs.read(typed, RANDOM_SIGNS)


def written(reference: str) -> str:
    """Return a stored reference as people read it."""
    return signs.written(reference)
