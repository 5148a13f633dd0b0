"""Reading a company’s tax number, of whatever country it is, as people type or paste it."""

import re
from collections.abc import Sequence
from typing import Any

from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.util import clean, get_cc_module

from helpdesk.rules.legislation import Legislation, OtherSpelling, TaxNumber, Texts
from helpdesk.rules.vocabulary import Country

_BETWEEN = re.compile(r"[\s.\-/_]")
_SIGNS = re.compile(r"[0-9A-Z]+")


class Unreadable(ValueError):
    """It is not made as any of these numbers are; `is_one_short` when any sign may be missing."""

    def __init__(self, *, is_one_short: bool = False) -> None:
        super().__init__(is_one_short)
        self.is_one_short = is_one_short


class Ambiguous(ValueError):
    """It is right in several countries."""

    def __init__(self, countries: Sequence[Country]) -> None:
        super().__init__(*countries)
        self.countries = countries


class Incorrect(ValueError):
    """It is made as one of these numbers is, and its check digit is wrong.

    `how` says how to mend it, where it is clear which number it was meant to be.
    """

    def __init__(self, how: Texts | None) -> None:
        super().__init__(how)
        self.how = how


class WrongLength(ValueError):
    """It has so many signs too many, or too few when `excess` is below zero."""

    def __init__(self, number: TaxNumber, excess: int) -> None:
        super().__init__(number, excess)
        self.number, self.excess = number, excess


def read(typed: str, legislations: Sequence[Legislation]) -> tuple[Country, str]:
    """Return the country of a tax number and its normal form.

    The code of a country before it says which it is. Raises Unreadable, Ambiguous, Incorrect or
    WrongLength.
    """
    text = _BETWEEN.sub("", str(clean(typed))).upper()
    named = [one for one in legislations if text.startswith(one.country)]
    if named:
        legislations, text = named, text[len(named[0].country) :]
    normal = [(one.country, _normal(one.tax_number, text)) for one in legislations]
    found = [(country, number) for country, number in normal if number]
    if len(found) > 1:
        raise Ambiguous([country for country, _number in found])
    if not found:
        raise _complaint([one.tax_number for one in legislations], text)
    return found[0]


def _normal(number: TaxNumber, text: str) -> str | None:
    """Return the normal form of what is right as this number, or as another spelling of it."""
    parts = [text] if _is_made_of_its_signs(number, text) else []
    for other in number.also:
        is_right = other.kind is None or _fault(other.kind, text) is None
        parts += [text[slice(*other.keep)]] if len(text) == other.length and is_right else []
    right = (part for part in parts if _fits(number, part) and _fault(number.kind, part) is None)
    return next((str(_module(number.kind).validate(part)) for part in right), None)


def _complaint(numbers: Sequence[TaxNumber], text: str) -> ValueError:
    """Say what is wrong with a text, as the number that it was most likely meant to be."""
    alike = [one for one in numbers if _is_made_of_its_signs(one, text)]
    longer = [other for one in alike for other in one.also if _is_checked(other, text)]
    if longer:
        return Incorrect(longer[0].wrong)
    fitting = [one for one in alike if _fits(one, text)]
    if fitting:
        slips = [one for one in fitting if isinstance(_fault(one.kind, text), InvalidChecksum)]
        if not slips:
            return Unreadable()
        return Incorrect(slips[0].wrong if len(slips) == 1 else None)
    others = [one for one in numbers if one not in alike]
    is_one_short = any(one.lengths[0] == len(text) + 1 for one in others)
    if len(alike) != 1 or is_one_short or (alike[0].has_letters and len(numbers) > 1):
        return Unreadable(is_one_short=bool(alike) and is_one_short)
    shortest, longest = alike[0].lengths
    return WrongLength(alike[0], len(text) - (longest if len(text) > longest else shortest))


def _is_made_of_its_signs(number: TaxNumber, text: str) -> bool:
    is_of_signs = _SIGNS.fullmatch(text) is not None
    return is_of_signs and (number.has_letters != text.isdigit())


def _fits(number: TaxNumber, text: str) -> bool:
    return number.lengths[0] <= len(text) <= number.lengths[1]


def _is_checked(other: OtherSpelling, text: str) -> bool:
    return other.kind is not None and len(text) == other.length


def _fault(kind: str, text: str) -> ValidationError | None:
    """Return what python-stdnum finds wrong; None when it is right."""
    try:
        _module(kind).validate(text)
    except ValidationError as fault:
        return fault
    return None


def _module(kind: str) -> Any:
    return get_cc_module(*kind.split("."))
