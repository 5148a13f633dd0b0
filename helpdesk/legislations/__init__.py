"""The legislations: one file per country, those that come along and those of the installation.

A file of the installation's own folder adds a country, or stands in for ours. What is loaded holds
for the whole process; `use` is called once, when the app is made.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from helpdesk.rules.legislation import Legislation, LegislationRefused, Texts
from helpdesk.rules.legislation_file import parse
from helpdesk.rules.vocabulary import Channel, Country, Language

OURS = Path(__file__).resolve().parent


class UnknownCountry(LookupError):
    """There is no legislation for this country."""


def read(folder: Path | None) -> Mapping[Country, Legislation]:
    """Return our legislations and a folder's, in the order to show them.

    Raises LegislationRefused with one plain sentence.
    """
    found = {**_folder(OURS), **(_folder(folder) if folder else {})}
    ordered = sorted(found.values(), key=lambda one: (one.order, one.country))
    return {one.country: one for one in ordered}


def _folder(folder: Path) -> dict[Country, Legislation]:
    if not folder.is_dir():
        raise LegislationRefused(f"LEGISLATIONS must be a folder, and {folder} is none.")
    found = (_file(path) for path in sorted(folder.glob("*.toml")))
    return {one.country: one for one in found}


def _file(path: Path) -> Legislation:
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as why:
        raise LegislationRefused(f"{path.name}: cannot be read: {why}.") from None
    return parse(path.stem, given)


@lru_cache(maxsize=1)
def _ours() -> Mapping[Country, Legislation]:
    return read(None)


class _Loaded:
    """What this process goes by."""

    by_country: Mapping[Country, Legislation] = {}


def use(folder: Path | None) -> None:
    """Go by our legislations and, where there is one, by a folder's too."""
    _Loaded.by_country = read(folder) if folder else _ours()


def _loaded() -> Mapping[Country, Legislation]:
    return _Loaded.by_country or _ours()


def all() -> Sequence[Legislation]:  # noqa: A001 (it reads `legislations.all()`)
    """Return every legislation, in the order to show them."""
    return (*_loaded().values(),)


def countries() -> Sequence[Country]:
    """Return every country that has a legislation, in the same order."""
    return (*_loaded(),)


def of(country: str) -> Legislation:
    """Return the legislation of a country; raises UnknownCountry."""
    found = _loaded().get(country)  # type: ignore[call-overload]
    if found is None:
        raise UnknownCountry(
            f"There is no legislation for {country}: put {country}.toml into the folder of the"
            " setting LEGISLATIONS."
        )
    return found


def known(code: str | None) -> Country | None:
    """Return the country with this code; None when there is no legislation for it."""
    return next((one for one in _loaded() if one == code), None)


def for_reader(language: Language) -> Country:
    """Return where somebody who reads in a language most likely lives; the first, if anywhere."""
    return next((one for one in all() if language in one.languages), all()[0]).country


def is_spoken(language: Language) -> bool:
    """Tell whether a language says where its readers live."""
    return any(language in one.languages for one in all())


def of_desk(desk: str) -> Legislation:
    """Return the first legislation whose phone way a desk answers; the first of all, if none."""
    answered = (one for one in all() if one.phone and one.phone.desk == desk)
    return next(answered, all()[0])


def with_phone() -> Sequence[Legislation]:
    """Return the legislations that have a phone way."""
    return [one for one in all() if Channel.PHONE in one.ways]


def zone_names(zone: str) -> Texts:
    """Return what a zone's time is called; the zone's own name, where no legislation names it."""
    named = (one.zones[zone] for one in all() if zone in one.zones)
    return next(named, dict.fromkeys(Language, zone))
