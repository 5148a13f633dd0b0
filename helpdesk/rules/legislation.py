"""What depends on the country a company lives in: plain values, read from one file each.

Nothing else may know a country by its name: what a new one needs goes into its file.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from helpdesk.rules.vocabulary import Channel, Country, Language

Texts = Mapping[Language, str]
"""One text in each language of the pages."""


class LegislationRefused(ValueError):
    """A legislation's file is missing something or has it wrong; the message says which and how."""


@dataclass(frozen=True, slots=True)
class OtherSpelling:
    """A longer number that holds the tax number: its length, and the stretch of it to keep.

    With a `kind` (a python-stdnum module) the whole is checked too, and `wrong` says so.
    """

    length: int
    keep: tuple[int, int]
    kind: str | None
    wrong: Texts | None


@dataclass(frozen=True, slots=True)
class TaxNumber:
    """The number by which a company is known: a python-stdnum module, and the words about it.

    `form` names it with what it is made of (“a SIREN (9 digits)”), `rule` says how many signs it
    has (“A SIREN has 9 digits”), `wrong` how to mend one whose check digit is wrong.
    """

    kind: str
    name: str
    lengths: tuple[int, int]
    has_letters: bool
    form: Texts
    rule: Texts
    wrong: Texts
    also: tuple[OtherSpelling, ...]


@dataclass(frozen=True, slots=True)
class PhoneWay:
    """The number to call (E.164), and the desk that answers, whose opening hours hold."""

    number: str
    desk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Legislation:
    """One country: the ways to cancel in the order to show them, and every text of its own.

    `place` is the name as it stands in a sentence (“in France”); `languages` are those whose
    readers most likely live there; `zones` names the time of each of its zones; `unavailable` says
    for each way that is not there why, and what to do instead; `books` is the duty to keep them.
    """

    country: Country
    order: int
    languages: tuple[Language, ...]
    name: Texts
    place: Texts
    zone: str
    zones: Mapping[str, Texts]
    tax_number: TaxNumber
    ways: tuple[Channel, ...]
    phone: PhoneWay | None
    unavailable: Mapping[Channel, Texts]
    books: Texts
