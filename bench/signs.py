"""Numbers that look drawn by lot and are never drawn twice."""

from collections.abc import Iterator

from stdnum import luhn
from stdnum.es import cif

from helpdesk.rules.signs import SIGNS, draw
from helpdesk.rules.vocabulary import Country

BITS = 5
# An odd factor sends each number below a power of two to another one.
ODD = 0x9E3779B97F4A7C15
SIREN, CIF = 31_000_000, 1_000_000


def signs(number: int, length: int) -> str:
    """Return signs with their check character, as references and codes have them."""
    turned = _signs_of(number * ODD % 2 ** (BITS * length))
    return draw(length, lambda _choices: next(turned))


def tax_number(country: Country, number: int) -> str:
    """Return a valid tax number of a country, each number its own."""
    if country == "FR":
        stem = str(SIREN + number)
        return stem + str(luhn.calc_check_digit(stem))
    stem = f"B{CIF + number:07}"
    return stem + str(cif.calc_check_digits(stem))[0]


def _signs_of(value: int) -> Iterator[str]:
    while True:
        yield SIGNS[value % 2**BITS]
        value //= 2**BITS
