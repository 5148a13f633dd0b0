"""Signs that people read out, type and compare: short words of them with a check character.

Letters and digits without 0, O, 1, I; the last sign is ISO 7064's (hybrid system), so that no
single slip of the tongue passes. References and the codes of documents are made of them.
"""

import re
from collections.abc import Callable

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUP = 4


def draw(length: int, choose: Callable[[str], str]) -> str:
    """Return as many signs as asked, which `choose` draws, and their check character."""
    return _checked("".join(choose(SIGNS) for _ in range(length)))


def of(drawn: bytes) -> str:
    """Return a sign for each byte, by its five lowest bits, and their check character."""
    return _checked("".join(SIGNS[byte % len(SIGNS)] for byte in drawn))


def _checked(signs: str) -> str:
    return signs + str(mod_37_36.calc_check_digit(signs, alphabet=SIGNS))


def read(typed: str, length: int) -> str | None:
    """Return the stored form of what was typed in any case and spacing; None when it is none."""
    signs = re.sub(r"[\s.\-–—/_]", "", typed).upper()
    if len(signs) != length + 1 or set(signs) - set(SIGNS):
        return None
    try:
        return str(mod_37_36.validate(signs, alphabet=SIGNS))
    except ValidationError:
        return None


def written(signs: str) -> str:
    """Return stored signs as people read them: in fours."""
    return "-".join(signs[start : start + _GROUP] for start in range(0, len(signs), _GROUP))
