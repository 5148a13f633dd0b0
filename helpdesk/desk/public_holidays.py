"""Days off that nobody has to type in: the public holidays of a country and region (rules §2).

They come from the `holidays` library (**choice**), named in Spanish in Spain; a supervisor adds
and removes days on top.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from helpdesk.rules.closures import Closure


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """The closures of a desk: its public holidays without `removed`, and what was `added`.

    `country` and `subdivision` are ISO 3166 codes. Years that the library does not know have no
    public holiday. Raises `NotImplementedError` for a country or region that it does not know.
    """

    country: str = "ES"
    subdivision: str | None = "MD"
    added: Mapping[date, Closure] = field(default_factory=dict)
    removed: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        _names(self.country, self.subdivision, 2026)

    def on(self, day: date) -> tuple[Closure, ...]:
        """Return what is off on a local day: the public holiday first, then what was added."""
        name = _names(self.country, self.subdivision, day.year).get(day)
        public = (Closure(name),) if name and day not in self.removed else ()
        return (*public, self.added[day]) if day in self.added else public


@lru_cache(maxsize=1024)
def _names(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """Return the names of a year's public holidays, in the country's own language."""
    import holidays  # noqa: PLC0415 (only who asks for a day off waits for it)

    # Said, because the library otherwise follows the environment of the process.
    language = getattr(getattr(holidays, country, None), "default_language", None)
    return dict(
        holidays.country_holidays(
            country, subdiv=subdivision, years=year, expand=False, language=language
        ).items()
    )
