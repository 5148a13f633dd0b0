"""The check code of a document: `K7PD-93QD-WX4T-M`, by which anybody can have it checked.

Twelve random signs and their check character (`rules/signs.py`): sixty bits, so that whoever has
no document cannot ask about one. Stored without dashes.
"""

import secrets

from helpdesk.rules import signs

RANDOM_SIGNS = 12


def new() -> str:
    """Return a new code, in the form it is stored in."""
    return signs.of(secrets.token_bytes(RANDOM_SIGNS))


def read(typed: str) -> str | None:
    """Return the stored form of a code typed in any case and spacing; None when it is none."""
    return signs.read(typed, RANDOM_SIGNS)


def written(code: str) -> str:
    """Return a stored code as people read it."""
    return signs.written(code)
