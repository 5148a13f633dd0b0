"""From a legislation's file, read as plain values, to the legislation; or one plain sentence.

Every sentence names the file and the field, since whoever reads it has just edited them.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import phonenumbers
from stdnum.util import get_cc_module

from helpdesk.rules.legislation import (
    Legislation,
    LegislationRefused,
    OtherSpelling,
    PhoneWay,
    TaxNumber,
    Texts,
)
from helpdesk.rules.vocabulary import Channel, Country, Language

T = TypeVar("T")
_KIND = re.compile(r"[a-z]{2,3}\.[a-z][a-z0-9_]*")


def parse(code: str, given: Mapping[str, Any]) -> Legislation:
    """Return the legislation of the file `code`.toml; raises LegislationRefused."""
    try:
        country = Country(code)
    except ValueError:
        raise LegislationRefused(
            f"{code}.toml: the name of the file must be the two capital letters of a country."
        ) from None
    top = _Table(f"{code}.toml", "", given)
    ways = top.members("ways", Channel)
    if not ways:
        raise top.wrong("ways", "must name at least one way")
    zone, zones = _zones(top)
    legislation = Legislation(
        country=country,
        order=top.value("order", int, 100),
        languages=top.members("languages", Language),
        name=top.texts("name"),
        place=top.texts("place"),
        zone=zone,
        zones=zones,
        tax_number=_tax_number(top.table("tax_number")),
        ways=ways,
        phone=_phone(top.table("phone")) if Channel.PHONE in ways else None,
        unavailable=_unavailable(top, ways),
        books=top.texts("books"),
    )
    top.close()
    return legislation


class _Table:
    """One table of the file: every field is read once, and what nobody read is refused."""

    def __init__(self, file: str, path: str, given: Mapping[str, Any]) -> None:
        self.file, self.path, self.given = file, path, given
        self.read: set[str] = set()
        self.tables: list[_Table] = []

    def wrong(self, name: str, how: str) -> LegislationRefused:
        """Return the refusal that names the field."""
        return LegislationRefused(f"{self.file}: {self.path}{name} {how}.")

    def value(self, name: str, kind: type[T], default: T | None = None) -> T:
        """Return a field of this type; it may be missing where there is a default."""
        self.read.add(name)
        found = self.given.get(name, default)
        if found is None:
            raise self.wrong(name, "is missing")
        if not isinstance(found, kind) or (isinstance(found, str) and not found.strip()):
            raise self.wrong(name, f"must be {_NAMES[kind]}")
        return found

    def table(self, name: str) -> "_Table":
        """Return a table inside this one."""
        return self._inside(f"{name}.", self.value(name, dict))

    def rows(self, name: str) -> list["_Table"]:
        """Return each of a list of tables; none when it is missing."""
        found = self.value(name, list, [])
        if not all(isinstance(one, dict) for one in found):
            raise self.wrong(name, "must be a list of tables")
        return [self._inside(f"{name}[{at}].", one) for at, one in enumerate(found)]

    def texts(self, name: str) -> Texts:
        """Return a text in each language."""
        given = self.table(name)
        return MappingProxyType({one: given.value(one.value, str).strip() for one in Language})

    def members(self, name: str, kind: type[T]) -> tuple[T, ...]:
        """Return some of the members of an enum, each once, in their order."""
        found = self.value(name, list)
        known = {str(one): one for one in kind}  # type: ignore[attr-defined]
        if len(found) > len({*map(str, found)}) or not all(one in known for one in found):
            raise self.wrong(name, f"must name some of {', '.join(known)}, each once")
        return tuple(known[one] for one in found)

    def numbers(self, name: str) -> tuple[int, int]:
        """Return two whole numbers, the second the greater."""
        found = self.value(name, list)
        are_two = [type(one) for one in found] == [int, int]
        if not are_two or not 0 <= found[0] < found[1]:
            raise self.wrong(name, "must be two whole numbers, the second the greater")
        return found[0], found[1]

    def kind(self) -> str:
        """Return the name of a python-stdnum module that is there."""
        found = self.value("kind", str)
        if not _KIND.fullmatch(found) or get_cc_module(*found.split(".")) is None:
            raise self.wrong("kind", "must be a module of python-stdnum, like fr.siren")
        return found

    def close(self) -> None:
        """Refuse what nobody read: most likely a slip of the pen."""
        unknown = sorted({*self.given} - self.read)
        if unknown:
            raise self.wrong(unknown[0], "is not a field of a legislation")
        for table in self.tables:
            table.close()

    def _inside(self, name: str, given: Mapping[str, Any]) -> "_Table":
        self.tables.append(_Table(self.file, f"{self.path}{name}", given))
        return self.tables[-1]


_NAMES: Mapping[type[object], str] = {
    str: "a text",
    int: "a whole number",
    dict: "a table",
    list: "a list",
    bool: "true or false",
}


def _zones(top: _Table) -> tuple[str, Mapping[str, Texts]]:
    zone = top.value("zone", str)
    table = top.table("zones")
    for name in (zone, *table.given):
        try:
            ZoneInfo(name)
        except (LookupError, ValueError, OSError):
            field = "zone" if name == zone else f"zones.{name}"
            raise top.wrong(field, "is no time zone") from None
    return zone, MappingProxyType({name: table.texts(name) for name in (zone, *table.given)})


def _tax_number(given: _Table) -> TaxNumber:
    length = given.given.get("length")
    lengths = given.numbers("length") if isinstance(length, list) else None
    return TaxNumber(
        kind=given.kind(),
        name=given.value("name", str),
        lengths=lengths or (given.value("length", int),) * 2,
        has_letters=given.value("has_letters", bool),
        form=given.texts("form"),
        rule=given.texts("rule"),
        wrong=given.texts("wrong"),
        also=tuple(_other_spelling(one) for one in given.rows("also")),
    )


def _other_spelling(given: _Table) -> OtherSpelling:
    is_checked = "kind" in given.given
    return OtherSpelling(
        length=given.value("length", int),
        keep=given.numbers("keep"),
        kind=given.kind() if is_checked else None,
        wrong=given.texts("wrong") if is_checked else None,
    )


def _phone(given: _Table) -> PhoneWay:
    number = given.value("number", str)
    try:
        is_valid = phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        is_valid = False
    if not is_valid or not re.fullmatch(r"\+[0-9]+", number):
        raise given.wrong("number", "must be a phone number like +34919161717")
    return PhoneWay(number=number, desk=given.value("desk", str))


def _unavailable(top: _Table, ways: tuple[Channel, ...]) -> Mapping[Channel, Texts]:
    """Return the text for each way that is not there, and for no other."""
    missing = [one for one in Channel if one not in ways]
    if not missing:
        return MappingProxyType({})
    table = top.table("unavailable")
    return MappingProxyType({one: table.texts(one.value) for one in missing})
