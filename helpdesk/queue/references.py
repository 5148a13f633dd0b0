"""References that people read out on the phone: `P7K4-93QD-M` (design 8).

Eight random signs without 0, O, 1, I, and a check character by ISO 7064 (hybrid system): forty
bits that nobody guesses, and no single slip of the tongue that passes. Stored without dashes.
"""

import re
import secrets
from collections.abc import Callable

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
RANDOM_SIGNS = 8


def new(choose: Callable[[str], str] = secrets.choice) -> str:
    """Return a new reference, in the form it is stored in, of signs that `choose` draws."""
    drawn = "".join(choose(SIGNS) for _ in range(RANDOM_SIGNS))
    return drawn + str(mod_37_36.calc_check_digit(drawn, alphabet=SIGNS))


def read(typed: str) -> str | None:
    """Return the stored form of a reference typed in any case and spacing; None when it is none."""
    signs = re.sub(r"[\s.\-–—/_]", "", typed).upper()
    if len(signs) != RANDOM_SIGNS + 1 or set(signs) - set(SIGNS):
        return None
    try:
        return str(mod_37_36.validate(signs, alphabet=SIGNS))
    except ValidationError:
        return None


def written(reference: str) -> str:
    """Return a stored reference as people read it."""
    return f"{reference[:4]}-{reference[4:8]}-{reference[8:]}"
