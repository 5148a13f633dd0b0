"""The desks as they stand before anybody edits them (rules §2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from helpdesk.desk.public_holidays import PublicHolidays
from helpdesk.rules.opening_hours import Interval, OpeningHours, Season


@dataclass(frozen=True, slots=True)
class StandardDesk:
    """A phone line: its number (E.164), time zone, seasons, and where its days off are those of."""

    code: str
    name: str
    phone: str
    zone: str
    seasons: tuple[Season, ...]
    country: str
    region: str | None


_MORNING = Interval(time(9), time(14))
_AFTERNOON = Interval(time(15), time(18))
_FRIDAY = Interval(time(9), time(15))
_SUMMER = Interval(time(8), time(15))

DESKS: Mapping[str, StandardDesk] = MappingProxyType(
    {
        "es": StandardDesk(
            code="es",
            name="España",
            phone="+34919161717",
            zone="Europe/Madrid",
            seasons=(
                Season(
                    "september_june",
                    (9, 1),
                    (6, 30),
                    (*((_MORNING, _AFTERNOON),) * 4, (_FRIDAY,), (), ()),
                ),
                Season("july_august", (7, 1), (8, 31), (*((_SUMMER,),) * 5, (), ())),
            ),
            country="ES",
            region="MD",
        ),
    }
)
"""Every desk by its code; the Spanish one is that of rules §2."""


@lru_cache(maxsize=16)
def hours_of(code: str) -> OpeningHours:
    """Return the standard opening hours of a desk; raises `KeyError` for an unknown code."""
    desk = DESKS[code]
    off = PublicHolidays(desk.country, desk.region)
    return OpeningHours(ZoneInfo(desk.zone), desk.seasons, off)
